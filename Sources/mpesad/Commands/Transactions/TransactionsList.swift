import ArgumentParser
import Payments
import Store

struct TransactionsList: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List payments, newest first.",
    discussion: """
        mpesad transactions list --status review
        mpesad transactions list --phone 0712345678 --since 7d
        mpesad transactions list --receipt NLJ7RT61SV --json
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var page: PageOptions
  @OptionGroup var span: SpanOptions
  @OptionGroup var phones: PhoneOption

  @Option(name: .long, help: "Only payments that are pending, completed, failed or in review.")
  var status: PaymentStatus?

  @Option(name: .long, help: "Only prompts to this phone, in any way of writing it.")
  var phone: String?

  @Option(name: .long, help: "Only the payment with this M-Pesa receipt.")
  var receipt: String?

  @Option(name: .long, help: "Only payments for this order.")
  var order: Int64?

  @Option(name: .long, help: "Only payments for orders with this reference of yours.")
  var reference: String?

  @Option(name: .customLong("checkout-request-id"), help: "Only the payment with this CheckoutRequestID.")
  var checkoutRequestID: String?

  @Option(name: .long, help: "Only payments that this user started.")
  var user: String?

  func operate(_ runner: OperationRunner) async throws {
    let (since, until) = try span.moments()
    let answer = try await runner.perform(
      ListTransactions(
        status: status, phone: phone, receipt: receipt, order: order, reference: reference,
        checkoutRequestID: checkoutRequestID, createdBy: user, since: since, until: until, after: page.after,
        limit: page.limit, showPhone: phones.showPhone))
    try output.show(answer, as: TransactionRecord.table(answer.transactions), empty: "No transaction fits.")
    page.tell(next: answer.next, output)
  }
}
