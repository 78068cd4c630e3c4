import ArgumentParser

struct DeliveriesList: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List webhooks, newest first: state, attempts, last answer, next attempt.",
    discussion: """
        mpesad deliveries list --status parked
        mpesad deliveries list --transaction 12 --json
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var page: PageOptions

  @Option(name: .long, help: "waiting, delivered, parked (never taken) or unaddressed (no address was set in time).")
  var status: String?

  @Option(name: .long, help: "Only those of this transaction.")
  var transaction: Int64?

  func operate(_ runner: OperationRunner) async throws {
    let records = try await runner.perform(
      ListWebhooks(state: status, transaction: transaction, after: page.after, limit: page.limit))
    try output.show(records, as: WebhookRecord.table(records), empty: "No webhooks.")
    page.tell(next: records.count == page.limit ? records.last?.id : nil, output)
  }
}
