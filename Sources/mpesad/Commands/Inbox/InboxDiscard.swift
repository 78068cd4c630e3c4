import ArgumentParser
import Store

struct InboxDiscard: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "discard", abstract: "Remove deliveries that fitted nothing or cannot be read.",
    discussion: """
        mpesad inbox discard 17 18 --reason "A scanner"
        mpesad inbox discard --unproven --older-than 7d --reason "The flood of 24 November"
        mpesad inbox discard --status quarantined --source 203.0.113.9 --reason "A scanner" --yes

      Their bytes are removed for good; hash, size, reason and who it was stay. Says first how many, and asks. Only what is unmatched or \
      quarantined can be discarded. What came to a payment's own address is evidence of money: it goes only by its number, and alone.
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "The deliveries' numbers.")
  var deliveries: [Int64] = []

  @Option(name: .long, help: "Instead of numbers: only those that are unmatched, or only those that are quarantined.")
  var status: DeliveryState?

  @Flag(name: .long, help: "Instead of numbers: all that came to the bare address or with a wrong token.")
  var unproven = false

  @Option(name: .long, help: "Instead of numbers: only what came from this address.")
  var source: String?

  @Option(name: .long, help: "Instead of numbers: only what came before then: \(Moment.forms).")
  var olderThan: String?

  @Option(name: .long, help: "Why, in one line; it stays.")
  var reason: String

  @Flag(name: .long, help: "Only say how many it would be.")
  var dryRun = false

  @Flag(name: .long, help: "Do not ask.")
  var yes = false

  private var selects: Bool { status != nil || unproven || source != nil || olderThan != nil }

  func validate() throws {
    guard deliveries.isEmpty == selects else {
      throw ValidationError(
        "Name deliveries by their numbers, or many with --status, --unproven, --source or --older-than.")
    }
    guard deliveries.count <= BrowsingLimit.page else {
      throw ValidationError("Name up to \(BrowsingLimit.page) deliveries at once, or use --status.")
    }
  }

  func operate(_ runner: OperationRunner) async throws {
    let selection = DiscardMessages.Selection(
      state: status, source: source, before: try .option("older-than", olderThan))
    var discard = DiscardMessages(
      messages: deliveries, selection: selects ? selection : nil, reason: reason, isDryRun: true)
    var answer = try await all(discard, runner)
    if !dryRun, answer.count > 0 {
      try Confirmation.ask(answer.consequence, isAnswered: yes)
      discard.isDryRun = false
      // What came while the question was asked is not meant.
      discard.upTo = answer.newest
      answer = try await all(discard, runner)
    }
    var table = TextTable(header: ["deliveries", "outcome"])
    table.add([String(answer.count), dryRun ? "would be discarded" : "discarded"])
    if answer.provenLeft > 0 {
      table.add([String(answer.provenLeft), "left: they came to a payment's own address"])
    }
    try output.show(answer, as: table)
  }

  /// All parts of it as one answer.
  private func all(_ discard: DiscardMessages, _ runner: OperationRunner) async throws -> DiscardMessages.Answer {
    var discard = discard
    var sum = try await runner.perform(discard)
    while let next = sum.next {
      discard.after = next
      let part = try await runner.perform(discard)
      sum.count += part.count
      sum.provenLeft += part.provenLeft
      sum.newest = sum.newest ?? part.newest
      sum.next = part.next
      sum.consequence = DiscardMessages.consequence(sum.count, provenLeft: sum.provenLeft)
    }
    return sum
  }
}
