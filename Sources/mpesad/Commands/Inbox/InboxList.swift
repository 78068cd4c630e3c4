import ArgumentParser
import Store

struct InboxList: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List what came to the callback addresses, newest first.",
    discussion: """
        mpesad inbox list --status quarantined
        mpesad inbox list --source 196.201.214.200 --since 36h
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var page: PageOptions
  @OptionGroup var span: SpanOptions
  @OptionGroup var phones: PhoneOption

  @Option(
    name: .long,
    help:
      "Only what is received (nobody looked yet), settled, parked (tried again), unmatched, quarantined or discarded.")
  var status: DeliveryState?

  @Option(name: .long, help: "Only what came from this address.")
  var source: String?

  func operate(_ runner: OperationRunner) async throws {
    let (since, until) = try span.moments()
    let answer = try await runner.perform(
      ListInbox(
        state: status, source: source, since: since, until: until,
        after: page.after, limit: page.limit, showPhone: phones.showPhone))
    try output.show(answer, as: DeliveryRecord.table(answer.deliveries), empty: "No delivery fits.")
    page.tell(next: answer.next, output)
  }
}
