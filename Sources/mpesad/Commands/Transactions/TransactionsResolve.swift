import ArgumentParser
import Payments

struct TransactionsResolve: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "resolve", abstract: "Rule on a payment that evidence left open.",
    discussion: """
        mpesad transactions resolve 7 completed --reason "Receipt NLJ7RT61SV is on the M-Pesa statement"
        mpesad transactions resolve 7 failed --reason "Refunded as NLK81PQ7RT"

      Says first what the ruling means, and asks. Who ruled and why stays in the payment's timeline. A completed payment is never \
      taken back (exit code 1).
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "The payment's number.")
  var transaction: Int64

  @Argument(help: "completed: the money came. failed: it did not, or it went back.")
  var ruling: Ruling

  @Option(name: .long, help: "Why, in one line.")
  var reason: String

  @Flag(name: .long, help: "Do not ask.")
  var yes = false

  func operate(_ runner: OperationRunner) async throws {
    var resolve = ResolveTransaction(transaction: transaction, ruling: ruling, reason: reason, isDryRun: true)
    try Confirmation.ask(try await runner.perform(resolve).consequence, isAnswered: yes)
    resolve.isDryRun = false
    let answer = try await runner.perform(resolve)
    Terminal.tell(PlainText.line(answer.consequence))
    try output.show(answer, as: TransactionRecord.table([answer.transaction]))
  }
}
