import ArgumentParser

struct InboxMatch: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "match", abstract: "Take an unmatched delivery to be about a payment, and have Safaricom asked.",
    discussion: """
        mpesad inbox match 12 7 --reason "The only prompt on that phone in the hour; its answer was lost"

      The payment gets the CheckoutRequestID in the delivery. That proves nothing about money: Safaricom is asked, and only its answer \
      settles the payment. Says first what the match means, and asks.
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "The delivery's number.")
  var delivery: Int64

  @Argument(help: "The payment's number.")
  var transaction: Int64

  @Option(name: .long, help: "Why, in one line.")
  var reason: String

  @Flag(name: .long, help: "Do not ask.")
  var yes = false

  func operate(_ runner: OperationRunner) async throws {
    var match = MatchDelivery(delivery: delivery, transaction: transaction, reason: reason, isDryRun: true)
    try Confirmation.ask(try await runner.perform(match).consequence, isAnswered: yes)
    match.isDryRun = false
    let answer = try await runner.perform(match)
    Terminal.tell(PlainText.line(answer.consequence))
    try output.show(answer, as: TransactionRecord.table([answer.transaction]))
  }
}
