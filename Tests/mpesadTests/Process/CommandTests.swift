import Foundation
import Logging
import Store
import Testing

@testable import mpesad

/// The command line as an operator meets it: wrong input names itself, and the exit code tells the kind.
@Suite struct CommandTests {
  static let wrong: [([String], Int32, String)] = [
    (["serve", "--config", "/nowhere/mpesad.yaml"], 78, "/nowhere/mpesad.yaml"),
    (["serve", "--listen", "nonsense"], 78, "listen"),
    (["serve", "--log-level", "loud"], 78, "log_level"),
    (["serve", "--state", "/proc/nowhere"], 73, "/proc/nowhere"),
    (["serve", "--frob"], 64, "--frob"),
    (["serve", "--set", "workers"], 64, "name=value"),
    (["serve", "--set", "worker=3"], 64, "worker=3"),
    (["serve", "--set", "workers=none"], 78, "workers"),
    (["serve", "--set", "mpesa_passkey=secret"], 64, "MPESA_PASSKEY"),
    (["frobnicate"], 64, "frobnicate"),
    (["transactions", "lst"], 64, "lst"),
    (["bench", "--connections", "0"], 64, "--connections"),
    (["bench", "--duration", "-1"], 64, "duration"),
    (["simulator", "--pace", "0"], 64, "--pace"),
    (["simulator", "--port", "70000"], 64, "--port"),
    (["issue-token", "--seconds", "0"], 64, "--seconds"),
  ]

  @Test(arguments: wrong) func wrongInputIsNamed(arguments: [String], status: Int32, named: String) async throws {
    let result = try await MpesadProcess.run(arguments)
    #expect(result.status == status, "\(result.output)")
    #expect(result.output.contains(named), "\(result.output)")
    #expect(!result.output.contains("Fatal error"))
  }

  @Test func theVersionIsTheFirstLineAndSQLiteFollows() async throws {
    let run = try await CommandRun(["--version"])
    let lines = run.data.split(separator: "\n")
    #expect(run.status == 0 && lines.first.map(String.init) == Mpesad.version && run.messages.isEmpty, "\(run.data)")
    #expect(lines.dropFirst().joined() == LinkedSQLite.summary)
  }

  @Test func aStartTellsWhichSQLiteItRunsWith() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let daemon = try MpesadProcess(["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"])
    _ = try await daemon.port()
    let lines = daemon.said.split(separator: "\n").filter { $0.contains("SQLite \(LinkedSQLite.text)") }
    #expect(lines.count == 1 && lines.allSatisfy { $0.lowercased().contains("info") }, "\(daemon.said)")
    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0)
  }

  @Test func anUnknownEnvironmentVariableIsRefusedByName() async throws {
    let result = try await MpesadProcess.run(["serve"], environment: ["MPESAD_WORKER": "3"])
    #expect(result.status == 78)
    #expect(result.output.contains("MPESAD_WORKER") && result.output.contains("MPESAD_WORKERS"))
  }

  @Test func aSecondDaemonOnTheSameStateIsTurnedAwayAndNamesTheFirst() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let first = try MpesadProcess(["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"])
    _ = try await first.port()
    let second = try await MpesadProcess.run(["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"])
    #expect(second.status == 73)
    #expect(second.output.contains("process \(first.pid)"), "\(second.output)")
    first.signal(SIGTERM)
    #expect(try await first.wait() == 0)
  }

  @Test func aTakenPortIsNamed() async throws {
    let one = try Workspace()
    let two = try Workspace()
    defer {
      one.remove()
      two.remove()
    }
    let first = try MpesadProcess(["serve", "--state", one.path, "--listen", "127.0.0.1:0"])
    let port = try await first.port()
    let second = try await MpesadProcess.run(["serve", "--state", two.path, "--listen", "127.0.0.1:\(port)"])
    #expect(second.status == 70, "\(second.output)")
    #expect(second.output.contains("\(port)"), "\(second.output)")
    first.signal(SIGTERM)
    #expect(try await first.wait() == 0)
  }

  @Test func benchCountsWhatItAcknowledged() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let result = try await MpesadProcess.run(
      ["bench", "--connections", "8", "--duration", "1", "--most", "2000", "--json", "--state", workspace.path])
    #expect(result.status == 0, "\(result.output)")
    let line = try #require(result.output.split(separator: "\n").last { $0.hasPrefix("{") })
    let report = try JSONDecoder().decode(BenchReport.self, from: Data(line.utf8))
    #expect(report.passed && report.acknowledged > 0 && report.acknowledged <= 2_000)
    #expect(try FileManager.default.contentsOfDirectory(atPath: workspace.path).isEmpty, "bench leaves nothing behind")
  }

  @Test func aTokenIsIssuedForThisInstallation() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let result = try await MpesadProcess.run(["issue-token", "--state", workspace.path, "--user", "7"])
    #expect(result.status == 0, "\(result.output)")
    #expect(result.output.split(separator: ".").count == 3)
  }
}
