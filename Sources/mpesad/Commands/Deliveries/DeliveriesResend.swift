import ArgumentParser
import Store

struct DeliveriesResend: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "resend", abstract: "Have webhooks sent again at once, under their old ids.",
    discussion: """
        mpesad deliveries resend 41 42
        mpesad deliveries resend --parked --dry-run

      The receiver knows them by their webhook-id: one that it has taken already it may pass over. One whose body retention has removed
      is left out.
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "The webhooks' numbers.")
  var ids: [Int64] = []

  @Flag(name: .long, help: "All that your system did not take for the whole schedule.")
  var parked = false

  @Flag(name: .long, help: "All that had nobody to be told, since no address was set in time.")
  var unaddressed = false

  @Option(name: .long, help: "Why, in one line, for the trail of operators.")
  var reason: String?

  @Flag(name: .long, help: "Only say which it would be.")
  var dryRun = false

  func validate() throws {
    guard [!ids.isEmpty, parked, unaddressed].count(where: { $0 }) == 1 else {
      throw ValidationError("Name webhooks by their numbers, or give one of --parked and --unaddressed.")
    }
    guard ids.count <= BrowsingLimit.page else {
      throw ValidationError("At most \(BrowsingLimit.page) numbers can be given at once.")
    }
  }

  func operate(_ runner: OperationRunner) async throws {
    let state: OutboxState? = parked ? .parked : unaddressed ? .unaddressed : nil
    let answer = try await runner.perform(
      ResendWebhooks(ids: ids, state: state?.rawValue, reason: reason, isDryRun: dryRun))
    var table = TextTable(header: [dryRun ? "would be resent" : "resent"])
    for id in answer.resent { table.add([String(id)]) }
    try output.show(answer, as: table, empty: "No webhooks were to be sent again.")
    for skipped in answer.skipped {
      Terminal.tell("Left out: the body of webhook \(skipped.id) was removed by retention at \(skipped.purgedAt).")
    }
    if answer.more { Terminal.tell("There are more. Give the same command again.") }
  }
}
