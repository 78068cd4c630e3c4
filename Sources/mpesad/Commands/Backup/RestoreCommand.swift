import ArgumentParser
import Foundation
import Reconciliation
import Store

/// Puts a backup in place.
struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Put a backup in the place of the database, while no daemon runs.",
    discussion: """
        systemctl stop mpesad.socket mpesad.service
        mpesad restore /mnt/safe/shop.db
        systemctl start mpesad.socket

      The backup is read whole first. The database that was there is kept beside the new one, and the spool stays: what it \
      holds is taken in at the next start. What came after the backup is not in it: payments that were pending then are asked about by \
      themselves; of those that began later Safaricom's statement tells, and their callbacks are listed as unmatched. Numbers of orders, \
      transactions, deliveries and events go on behind a jump of a million or more, so that none is given out twice. Put copies of any \
      kind back with this command, also plain ones and those of a snapshot.

      Exit codes: 0 restored, 1 the backup is not whole, or nobody said yes, 65 it is of a newer mpesad, 66 there is no such file, 69 \
      there is no room, 73 a daemon runs, 75 another program has the database open.
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "A backup, or a plain copy of a database.", transform: AbsolutePath.argument)
  var file: String

  @Flag(name: .long, help: "Do not ask.")
  var yes = false

  /// What was restored, for `--json`.
  struct Answer: Encodable {
    var database: String
    /// Where the one is that gave way.
    var aside: String?
    /// When the backup was made; nil for a plain copy.
    var takenAt: Moment?
    var newestDelivery: Moment?
    var rows: [String: Int]
    /// Deliveries in the spool that the next start takes in.
    var inSpool: Int
    /// What the next start brings it up to date with.
    var pendingMigrations: Int
    /// The numbers that the next rows get: no number is given out twice.
    var numbersGoOnFrom: Numbers?
    var warnings: [String]
  }

  /// The first numbers behind the jump.
  struct Numbers: Encodable {
    var orders: Int64
    var transactions: Int64
    var inbox: Int64
    var events: Int64

    init(_ next: RowNumbers) {
      (orders, transactions, inbox, events) = (next.orders, next.transactions, next.deliveries, next.events)
    }
  }

  func run() async throws {
    do {
      let settings = try await options.settings()
      let directory = settings.stateDirectory
      try Daemon.prepare(directory)
      let restoration = try Restoration(of: file, into: directory)
      defer { restoration.end() }
      let warnings = StateKeys.warnings(restoration.summary, under: settings)
      for warning in warnings { Terminal.tell(warning) }
      try Confirmation.ask(Self.consequence(restoration.summary, directory), isAnswered: yes)
      let summary = try restoration.carryOut(now: Timing.system.now())
      if let problem = summary.numbersUnknown {
        Terminal.tell(
          "The numbers that the database in place had given out could not be read (\(problem)): the new ones begin at random, far behind the "
            + "backup's.")
      }
      let answer = Answer(
        database: directory + "/mpesad.db", aside: summary.aside, takenAt: summary.facts.map { Moment($0.takenAt) },
        newestDelivery: summary.newestDelivery.map { Moment($0) }, rows: summary.counts.rows, inSpool: summary.spooled,
        pendingMigrations: summary.pendingMigrations, numbersGoOnFrom: summary.next.map { Numbers($0) },
        warnings: warnings)
      try output.show(answer, as: Self.table(answer))
      if !output.json { Terminal.tell(Self.gap(summary)) }
    } catch {
      throw ExitStatus.report(error)
    }
  }

  private static func consequence(_ summary: Restoration.Summary, _ directory: String) -> String {
    let taken =
      summary.facts.map { "the backup of \(Moment($0.takenAt)) by \($0.madeBy)" } ?? "a plain copy of a database"
    return "\(directory)/mpesad.db becomes \(taken), with \(summary.counts["transactions"]) transactions and "
      + "\(summary.counts["inbox"]) deliveries, the newest of \(summary.newestDelivery.map { "\(Moment($0))" } ?? "no time"). "
      + "What is there now is kept beside it."
  }

  /// What is not in it.
  private static func gap(_ summary: Restoration.Summary) -> String {
    "What came after \(newest(summary)) is not in it, but for \(summary.spooled) in the spool. After the start, payments that were pending "
      + "are asked about by themselves; look for those that began later in Safaricom's statement."
  }

  private static func newest(_ summary: Restoration.Summary) -> String {
    (summary.facts?.takenAt ?? summary.newestDelivery).map { "\(Moment($0))" } ?? "no time that is known"
  }

  private static func table(_ answer: Answer) -> TextTable {
    var table = TextTable(header: ["restored", answer.database])
    table.add(["shows", answer.takenAt.map { "\($0)" } ?? "unknown: a plain copy"])
    table.add(["newest delivery", answer.newestDelivery.map { "\($0)" } ?? "none"])
    for name in ["inbox", "orders", "transactions", "events"] { table.add([name, String(answer.rows[name] ?? 0)]) }
    table.add(["in the spool", String(answer.inSpool)])
    table.add(["migrations to come", String(answer.pendingMigrations)])
    if let next = answer.numbersGoOnFrom {
      table.add(["numbers go on from", "order \(next.orders), transaction \(next.transactions)"])
    }
    table.add(["before", answer.aside ?? "there was no database"])
    return table
  }
}
