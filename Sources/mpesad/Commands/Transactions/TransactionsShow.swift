import ArgumentParser

struct TransactionsShow: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show all that is known of a payment.",
    discussion: """
        mpesad transactions show 7

      `mpesad explain 7` tells how it came to be so.
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var phones: PhoneOption

  @Argument(help: "The payment's number.")
  var transaction: Int64

  func operate(_ runner: OperationRunner) async throws {
    let record = try await runner.perform(ShowTransaction(transaction: transaction, showPhone: phones.showPhone))
    try output.show(record, as: record.table)
  }
}
