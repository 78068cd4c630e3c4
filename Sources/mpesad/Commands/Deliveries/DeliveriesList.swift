import ArgumentParser

struct DeliveriesList: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List webhooks, newest first: state, attempts, last answer, next attempt.",
    discussion: """
        mpesad deliveries list --status parked
        mpesad deliveries list --transaction 12 --json
        mpesad deliveries list --event payment.amended --since 7d
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var span: SpanOptions
  @OptionGroup var page: PageOptions

  @Option(name: .long, help: "waiting, delivered, parked (never taken) or unaddressed (no address was set in time).")
  var status: String?

  @Option(name: .long, help: "Only those of this transaction.")
  var transaction: Int64?

  @Option(name: .long, help: "Only those of this order's transactions.")
  var order: Int64?

  @Option(name: .long, help: "payment.completed, payment.failed, payment.review or payment.amended.")
  var event: String?

  func operate(_ runner: OperationRunner) async throws {
    let (since, until) = try span.moments()
    let records = try await runner.perform(
      ListWebhooks(
        state: status, event: event, transaction: transaction, order: order, since: since, until: until,
        after: page.after, limit: page.limit))
    try output.show(records, as: WebhookRecord.table(records), empty: "No webhooks.")
    page.tell(next: records.count == page.limit ? records.last?.id : nil, output)
  }
}
