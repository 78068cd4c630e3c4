import Foundation
import GRDB
import Logging
import Store
import Testing

@testable import mpesad

@Suite struct MigrateTests {
  struct Answer: Decodable {
    struct Migration: Decodable {
      var name: String
      var state: String
    }
    var isUpToDate: Bool
    var migrations: [Migration]
  }

  @Test func checkingChangesNothingAndMigratingMakesTheDatabase() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let state = workspace.path + "/new"
    let before = try await CommandRun(["migrate", "--check", "--json", "--state", state])
    #expect(before.status == 1, "\(before.messages)")
    #expect(try !before.json(Answer.self).isUpToDate && !FileManager.default.fileExists(atPath: state))

    let made = try await CommandRun(["migrate", "--json", "--state", state])
    #expect(made.status == 0, "\(made.messages)")
    let answer = try made.json(Answer.self)
    #expect(answer.isUpToDate && answer.migrations.first?.name == "0001-inbox-and-ledger")
    #expect(answer.migrations.allSatisfy { $0.state == "applied" } && made.messages.contains("applied."))

    let again = try await CommandRun(["migrate", "--state", state])
    #expect(again.status == 0 && again.messages.hasSuffix("is up to date.\n"))
  }

  @Test func whileADaemonRunsItIsUpToDate() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let daemon = try MpesadProcess(["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"])
    _ = try await daemon.port()
    let check = try await CommandRun(["migrate", "--check", "--state", workspace.path])
    #expect(check.status == 0 && check.messages.contains("up to date"), "\(check.messages)")
    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0)
  }

  @Test(arguments: [["migrate"], ["migrate", "--check"], ["transactions", "list"]])
  func aNewerDatabaseIsRefused(command: [String]) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    await (try OperatorCommandTests.store(workspace)).close()
    let queue = try DatabaseQueue(path: workspace.path + "/mpesad.db")
    try await queue.write { db in
      try db.execute(sql: "INSERT INTO grdb_migrations(identifier) VALUES ('9999-from-the-future')")
    }
    try queue.close()
    let result = try await CommandRun(command + ["--state", workspace.path])
    #expect(result.status == 65 && result.messages.contains("9999-from-the-future"), "\(result.messages)")
    if command[0] == "migrate" { #expect(result.cells.last == ["9999-from-the-future", "unknown"]) }
  }
}
