import ArgumentParser
import Store

struct InboxReplay: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Put deliveries that were given up back to work.",
    discussion: """
        mpesad inbox replay 12 13
        mpesad inbox replay --status quarantined --since 7d --dry-run

      They are read and weighed again as if they had just come; what still fits nothing is given up again. Money counts once, so \
      replaying twice is harmless. Where no daemon runs, the next one begins with them.
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "The deliveries' numbers.")
  var deliveries: [Int64] = []

  @Option(name: .long, help: "Instead of numbers: all that are quarantined, or all that are unmatched.")
  var status: DeliveryState?

  @Option(name: .long, help: "With --status: only what came then or later: \(Moment.forms).")
  var since: String?

  @Flag(name: .long, help: "Only say how many it would be.")
  var dryRun = false

  func validate() throws {
    guard deliveries.isEmpty != (status == nil) else {
      throw ValidationError("Name deliveries by their numbers, or all of a kind with --status.")
    }
    guard since == nil || status != nil else { throw ValidationError("--since goes with --status.") }
    guard deliveries.count <= BrowsingLimit.page else {
      throw ValidationError("Name up to \(BrowsingLimit.page) deliveries at once, or use --status.")
    }
  }

  func operate(_ runner: OperationRunner) async throws {
    let answer = try await runner.perform(
      ReplayInbox(deliveries: deliveries, state: status, since: try .option("since", since), isDryRun: dryRun))
    var table = TextTable(header: ["deliveries", "outcome"])
    table.add([String(answer.count), dryRun ? "would be put back" : "put back"])
    for skipped in answer.skipped {
      table.add([String(skipped.deliveryID), "skipped: \(skipped.because)"])
    }
    try output.show(answer, as: table)
  }
}
