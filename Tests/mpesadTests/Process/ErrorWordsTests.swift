import Foundation
import GRDB
import Testing

@testable import mpesad

/// What the program says where its database is not as it should be: no statement, and nothing that was in one.
@Suite(.serialized) struct ErrorWordsTests {
  /// A database that is whole for SQLite and not for this program, one that is damaged, and one that another program holds.
  enum Break: String, CaseIterable {
    case noTransactions = "DROP TABLE transactions"
    case noInbox = "DROP TABLE inbox"
    case noMarks = "DROP TABLE marks"
    case foreignRows = "DROP TABLE settings; CREATE TABLE settings(wrong)"
    case damaged, locked, noDatabase
  }

  static let commands = [
    ["check"], ["check", "--full"], ["backup", "DIRECTORY/copy.db"], ["migrate", "--check"], ["migrate"],
    ["transactions", "list"], ["inbox", "list"], ["explain", "1000000001"], ["sources"], ["init-mpesa-settings"],
    ["restore", "--yes", "DIRECTORY/state/mpesad.db", "--state", "DIRECTORY/other"],
  ]

  @Test(arguments: Break.allCases) func noMessageCarriesSQL(broken: Break) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let state = workspace.path + "/state"
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: false)
    _ = try await KillTests.seed(state, 100)
    let holder = try Self.apply(broken, to: state + "/mpesad.db")
    defer { holder.map { try? $0.close() } }
    for command in Self.commands where broken != .locked || command.count < 3 {
      var arguments = command.map { $0.replacing("DIRECTORY", with: workspace.path) }
      if !arguments.contains("--state") { arguments += ["--state", state] }
      let run = try await MpesadProcess.run(arguments)
      #expect(Self.isClean(run.output), "\(arguments): \(run.output)")
    }
    let daemon = try MpesadProcess(["serve", "--state", state, "--listen", "127.0.0.1:0", "--log-level", "trace"])
    try await Task.sleep(for: .seconds(broken == .locked ? 7 : 2))
    daemon.signal(SIGTERM)
    _ = try await daemon.wait()
    #expect(Self.isClean(daemon.said), "\(daemon.said)")
  }

  /// - Returns: what holds the database for as long as it is kept.
  private static func apply(_ broken: Break, to database: String) throws -> DatabaseQueue? {
    switch broken {
    case .noDatabase: try Data("no database".utf8).write(to: URL(fileURLWithPath: database))
    case .damaged:
      let file = try FileHandle(forWritingTo: URL(fileURLWithPath: database))
      defer { try? file.close() }
      try file.seek(toOffset: 4_096)
      try file.write(contentsOf: Data(repeating: 0xA5, count: 60_000))
    case .locked:
      let queue = try DatabaseQueue(path: database)
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA locking_mode = EXCLUSIVE; UPDATE transactions SET status = status")
      }
      return queue
    default:
      var configuration = Configuration()
      configuration.foreignKeysEnabled = false
      let queue = try DatabaseQueue(path: database, configuration: configuration)
      try queue.writeWithoutTransaction { try $0.execute(sql: broken.rawValue) }
      try queue.close()
    }
    return nil
  }

  private static func isClean(_ text: String) -> Bool {
    let words = text.split { !$0.isLetter }.map(String.init)
    let statements: Set = [
      "SELECT", "INSERT", "UPDATE", "DELETE", "PRAGMA", "BEGIN", "COMMIT", "FROM", "WHERE", "VALUES",
    ]
    return statements.isDisjoint(with: words) && !text.contains("while executing")
  }
}
