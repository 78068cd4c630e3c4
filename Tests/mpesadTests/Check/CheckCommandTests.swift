import Foundation
import GRDB
import NIOCore
import Payments
import Store
import Testing

@testable import mpesad

/// `mpesad check` over installations in which something is really broken.
@Suite(.serialized) struct CheckCommandTests {
  struct Report: Decodable {
    struct Line: Decodable {
      var check: String
      var outcome: String
      var found: String
      var advice: String?
    }
    var outcome: String
    var checks: [Line]

    subscript(check: String) -> Line? { checks.first { $0.check == check } }
  }

  private static func check(_ state: String, _ more: String...) async throws -> (Int32, Report) {
    let run = try await CommandRun(["check", "--json", "--state", state] + more)
    return (run.status, try run.json(Report.self))
  }

  /// What is broken, the line that shows it, and how bad it is.
  enum Break: String, CaseIterable {
    case database, page, newerSchema, olderSchema, key, spoolMissing, backupOld, reviewed, clockSetBack, settingsKey

    var line: (check: String, outcome: String, status: Int32) {
      switch self {
      case .database, .page: ("database", "failed", 1)
      case .newerSchema: ("database", "failed", 1)
      case .olderSchema: ("schema", "warning", 0)
      case .key: ("files", "failed", 1)
      case .spoolMissing: ("spool", "warning", 0)
      case .backupOld: ("backup", "failed", 1)
      case .reviewed: ("review", "warning", 0)
      case .clockSetBack: ("clock", "failed", 1)
      case .settingsKey: ("settings", "failed", 1)
      }
    }

    func apply(to state: String) async throws {
      let files = FileManager.default
      let database = state + "/mpesad.db"
      func change(_ sql: String) throws {
        let queue = try DatabaseQueue(path: database)
        try queue.write { try $0.execute(sql: sql) }
        try queue.close()
      }
      switch self {
      case .database: try Data("no database".utf8).write(to: URL(fileURLWithPath: database))
      case .page:
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: database))
        try file.seek(toOffset: try file.seekToEnd() / 2)
        try file.write(contentsOf: Data(repeating: 0xA5, count: 40_000))
        try file.close()
      case .newerSchema: try change("INSERT INTO grdb_migrations(identifier) VALUES ('9999-from-the-future')")
      case .olderSchema:
        try change("DELETE FROM grdb_migrations WHERE identifier = (SELECT max(identifier) FROM grdb_migrations)")
      case .key: try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: state + "/callback.key")
      case .spoolMissing: try files.removeItem(atPath: state + "/mpesad.spool")
      case .backupOld:
        try files.createDirectory(atPath: state + "/backups", withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: state + "/backups/mpesad-20260101T000000Z.db"))
      case .reviewed: try change("UPDATE transactions SET status = 'review' WHERE id % 2 = 0")
      case .clockSetBack:
        try change("INSERT INTO inbox(received_at, source, body, state) VALUES (4102444800000000, '', x'', 'settled')")
      case .settingsKey: try Data(repeating: 7, count: 32).write(to: URL(fileURLWithPath: state + "/settings.key"))
      }
    }
  }

  @Test(arguments: Break.allCases) func whatIsBrokenIsSeenInItsLine(broken: Break) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let secret = try workspace.file("secret", "a passkey")
    let state = workspace.path + "/state"
    let set = try await CommandRun(["set-mpesa-credentials", "--passkey-file", secret, "--state", state])
    #expect(set.status == 0, "\(set.messages)")
    _ = try await KillTests.seed(state, 3_000)
    let (wellStatus, well) = try await Self.check(state)
    #expect(wellStatus == 0 && !well.checks.contains { $0.outcome == "failed" }, "\(well)")
    let expected = broken.line
    #expect(well[expected.check]?.outcome != expected.outcome, "it would be seen without being broken")

    try await broken.apply(to: state)
    let (status, report) = try await Self.check(state)
    #expect(status == expected.status, "\(report)")
    #expect(report[expected.check]?.outcome == expected.outcome, "\(report)")
    #expect(report[expected.check]?.advice?.isEmpty == false)
    #expect(try await Self.check(state, "--strict").0 == 1)
  }

  @Test func aRunningDaemonIsAskedAndOneThatHangsIsFound() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let (_, none) = try await Self.check(workspace.path)
    #expect(none["database"]?.outcome == "failed" && none["daemon"]?.outcome == "warning")
    #expect(try FileManager.default.contentsOfDirectory(atPath: workspace.path).isEmpty, "looking makes nothing")
    let daemon = try MpesadProcess(["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"])
    _ = try await daemon.port()
    let (status, report) = try await Self.check(workspace.path, "--full")
    #expect(status == 0, "\(report)")
    #expect(report["daemon"]?.found.contains("process \(daemon.pid)") == true, "\(report)")
    #expect(report["commits"]?.outcome == "ok" && report["database"]?.found.contains("read whole") == true)
    #expect(report["settings"]?.found.contains("mpesa_passkey") == true)
    // Whatever is known of it: nobody could end a warning.
    #expect(
      report["sqlite"]?.outcome == "ok" && report["sqlite"]?.found == LinkedSQLite.summary
        && report["sqlite"]?.advice == nil)
    #expect(report.checks.map(\.check) == Check.allCases.map(\.rawValue), "every check has its line")

    daemon.signal(SIGSTOP)
    let (hung, found) = try await Self.check(workspace.path)
    #expect(hung == 1 && found["daemon"]?.outcome == "failed", "\(found)")
    daemon.signal(SIGCONT)
    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0)
    let (_, stopped) = try await Self.check(workspace.path)
    #expect(stopped["daemon"]?.found == "none runs")
  }

  @Test func quietlyOnlyWhatFailedIsSaid() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    _ = try await KillTests.seed(workspace.path, 1)
    let well = try await CommandRun(["check", "--quiet", "--state", workspace.path])
    #expect(well.status == 0 && well.data.isEmpty && well.messages.isEmpty, "\(well.data)\(well.messages)")
    let strict = try await CommandRun(["check", "--quiet", "--strict", "--state", workspace.path])
    #expect(strict.status == 1 && strict.cells.dropFirst().allSatisfy { $0[1] == "warning" } && strict.cells.count > 1)
    try await Break.key.apply(to: workspace.path)
    let broken = try await CommandRun(["check", "--quiet", "--state", workspace.path])
    #expect(broken.status == 1 && broken.cells.dropFirst().map { $0[0] } == ["files"], "\(broken.data)")
  }

  @Test func forPeopleEachCheckIsALineWithWhatToDoBelow() {
    let report = CheckReport([.ok(.disk, "much"), .failed(.spool, "in use", "Free space.")])
    #expect(report.page(Paint(isOn: false)) == "✓ disk      much\n✗ spool     in use\n            Free space.")
    #expect(report.table.tabSeparated.last == "spool\tfailed\tin use\tFree space.")
  }

  @Test func theKernelsClockCanBeAskedHere() { #expect(KernelClock.isKept != nil) }
}
