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
  @OptionGroup var phones: PhoneOption

  @Option(
    name: .long,
    help: "Only what is received (nobody looked yet), settled, parked (tried again), unmatched or quarantined.")
  var status: DeliveryState?

  @Option(name: .long, help: "Only what came from this address.")
  var source: String?

  @Option(name: .long, help: "Only what came then or later: \(Moment.forms).")
  var since: String?

  @Option(name: .long, help: "Only what came before then.")
  var until: String?

  @Option(name: .long, help: "How many, up to \(BrowsingLimit.page).")
  var limit = 50

  @Option(name: .long, help: "Go on behind the delivery of this number: what the list before named.")
  var after: Int64?

  func validate() throws {
    guard (1...BrowsingLimit.page).contains(limit) else {
      throw ValidationError("--limit must be from 1 to \(BrowsingLimit.page).")
    }
  }

  func operate(_ runner: OperationRunner) async throws {
    let answer = try await runner.perform(
      ListInbox(
        state: status, source: source, since: try .option("since", since), until: try .option("until", until),
        after: after, limit: limit, showPhone: phones.showPhone))
    try output.show(answer, as: DeliveryRecord.table(answer.deliveries), empty: "No delivery fits.")
    if let next = answer.next, !output.json { Terminal.tell("There are more: --after \(next)") }
  }
}
