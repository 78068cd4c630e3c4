import ArgumentParser
import Logging
import Store

struct Migrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Bring the database's schema up to date, or make the database.",
    discussion: """
        mpesad migrate --check
      mpesad migrate

      The daemon does the same at its start. Stop it first where something is to be changed. Migrations that a newer mpesad made are \
      listed as unknown, and nothing is changed. Exit codes: 0 up to date, 1 not up to date (--check), 65 the database is newer than \
      this program, 73 it is in use or cannot be opened.
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions

  @Flag(name: .long, help: "Change nothing, only say how far the database is.")
  var check = false

  struct Answer: Encodable {
    struct Migration: Encodable {
      var name: String
      /// `applied`, `pending`, or `unknown`: made by a newer program.
      var state: String
    }

    var database: String
    var isUpToDate: Bool
    var migrations: [Migration]

    init(_ status: SchemaStatus) {
      database = status.path
      isUpToDate = status.pending.isEmpty && status.unknown.isEmpty
      migrations =
        status.applied.map { Migration(name: $0, state: "applied") }
        + status.pending.map { Migration(name: $0, state: "pending") }
        + status.unknown.map { Migration(name: $0, state: "unknown") }
    }

    var table: TextTable {
      var table = TextTable(header: ["migration", "state"])
      for migration in migrations { table.add([migration.name, migration.state]) }
      return table
    }
  }

  func run() async throws {
    do {
      let settings = try await options.settings()
      let directory = settings.stateDirectory
      var status = try SchemaStatus(directory: directory)
      let lacking = status.pending.count
      guard status.unknown.isEmpty else {
        let answer = Answer(status)
        try output.show(answer, as: answer.table)
        throw StoreError.newerSchema(path: status.path, unknown: status.unknown)
      }
      if !check, lacking > 0 {
        try Daemon.prepare(directory)
        let logger = Logger(label: "mpesad") { StandardErrorLog(logLevel: settings.logLevel, label: $0) }
        // Where there is no database, somebody wants one: this is how it is said.
        var storeOptions = settings.storeOptions
        storeOptions.makesDatabase = true
        let store = try SQLiteStore(directory: directory, options: storeOptions, logger: logger)
        await store.close()
        status = try SchemaStatus(directory: directory)
      }
      let answer = Answer(status)
      try output.show(answer, as: answer.table)
      Terminal.tell(Self.summary(status, done: lacking - status.pending.count))
      if !answer.isUpToDate { throw ExitStatus.no }
    } catch {
      throw ExitStatus.report(error)
    }
  }

  private static func summary(_ status: SchemaStatus, done: Int) -> String {
    guard status.pending.isEmpty else {
      return "\(status.path) lacks \(migrations(status.pending.count)). Run `mpesad migrate`, or start the daemon."
    }
    return done > 0
      ? "\(status.path) is up to date now: \(migrations(done)) applied." : "\(status.path) is up to date."
  }

  private static func migrations(_ count: Int) -> String { count == 1 ? "1 migration" : "\(count) migrations" }
}
