import ArgumentParser
import Foundation

struct Explain: OperatorCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Tell the whole story of a payment: what was asked for, what came, what was made of it, and how it is known.",
    discussion: """
        mpesad explain 7
        mpesad explain 7 --json
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var phones: PhoneOption

  @Argument(help: "The payment's number.")
  var transaction: Int64

  func operate(_ runner: OperationRunner) async throws {
    let answer = try await runner.perform(ExplainTransaction(transaction: transaction, showPhone: phones.showPhone))
    try output.show(answer, as: StoryText.table(answer)) { StoryText(answer: answer, paint: $0).text }
  }
}
