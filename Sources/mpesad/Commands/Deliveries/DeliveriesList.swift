import ArgumentParser
import Store

struct DeliveriesList: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List webhooks, newest first: state, attempts, last answer, next attempt.",
    discussion: """
        mpesad deliveries list --status parked
        mpesad deliveries list --transaction 12 --json
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions

  @Option(name: .long, help: "waiting, delivered, parked (never taken) or unaddressed (no address was set in time).")
  var status: String?

  @Option(name: .long, help: "Only those of this transaction.")
  var transaction: Int64?

  @Option(name: .long, help: "Begin behind this number: the last one of the page before.")
  var after: Int64?

  @Option(name: .long, help: "At most so many, up to \(BrowsingLimit.page).")
  var limit = 50

  func validate() throws {
    guard (1...BrowsingLimit.page).contains(limit) else {
      throw ValidationError("--limit must be from 1 to \(BrowsingLimit.page).")
    }
  }

  func operate(_ runner: OperationRunner) async throws {
    let records = try await runner.perform(
      ListWebhooks(state: status, transaction: transaction, after: after, limit: limit))
    try output.show(records, as: WebhookRecord.table(records), empty: "No webhooks.")
  }
}
