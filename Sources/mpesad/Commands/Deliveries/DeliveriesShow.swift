import ArgumentParser
import Foundation

struct DeliveriesShow: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show a webhook with its body and the attempts to deliver it.",
    discussion: """
        mpesad deliveries show 41
        mpesad deliveries show 41 --raw > body.json
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "The webhook's number.")
  var id: Int64

  @Flag(
    name: .long,
    help:
      "Print the body alone, exactly as it is sent. It names the payer's number, so that this is written to the journal."
  )
  var raw = false

  func operate(_ runner: OperationRunner) async throws {
    let answer = try await runner.perform(ShowWebhook(id: id, whole: raw))
    if raw {
      guard let body = answer.body else {
        throw OperationError(.notFound, "The body of webhook \(id) was removed by retention.")
      }
      return try Terminal.write(Data(body.utf8))
    }
    guard !output.json else { return try Terminal.say(OutputOptions.json(answer)) }
    try output.show(answer, as: WebhookRecord.table([answer.webhook]))
    if let body = answer.body { try Terminal.say("\n" + PlainText.line(body)) }
    guard !answer.attempts.isEmpty else { return }
    try Terminal.say("")
    try output.show(answer.attempts, as: WebhookAttempt.table(answer.attempts))
  }
}
