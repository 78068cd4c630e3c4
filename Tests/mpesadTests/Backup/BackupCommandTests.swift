import Foundation
import Store
import Testing

@testable import mpesad

/// `mpesad backup` and `mpesad restore` as an operator and a timer use them.
@Suite(.serialized) struct BackupCommandTests {
  struct Made: Decodable {
    var backup: String
    var rows: [String: Int]
    var fromSpool: Int
    var removed: [String]
  }

  struct Restored: Decodable {
    var aside: String?
    var rows: [String: Int]
    var warnings: [String]
  }

  @Test(.timeLimit(.minutes(2))) func underLoadAndBackAgainNothingAcknowledgedBeforeTheBackupIsMissing() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let state = workspace.path + "/state"
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    let load = try await KillTests.seed(state, 20_000)
    let client = CallbackClient(load)
    let daemon = try MpesadProcess(["serve", "--state", state, "--listen", "127.0.0.1:0"])
    let port = try await daemon.port()
    await client.post(to: port, connections: 8, most: 300)
    let before = client.ledger
    async let posting: Void = client.post(to: port, connections: 8, most: 5_000)
    let file = workspace.path + "/shop.db"
    let made = try await CommandRun(["backup", file, "--state", state, "--json"])
    await posting
    #expect(made.status == 0, "\(made.messages)")
    let answer = try made.json(Made.self)
    #expect(answer.rows["transactions"] == 20_000 && answer.rows["inbox"] ?? 0 >= before.count)
    #expect(client.refusals == 0)

    let refused = try await CommandRun(["restore", file, "--state", state, "--yes"])
    #expect(refused.status == 73 && refused.messages.contains("process \(daemon.pid)"), "\(refused.messages)")
    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0)

    let unasked = try await CommandRun(["restore", file, "--state", state])
    #expect(unasked.status == 64 && unasked.messages.contains("--yes"), "\(unasked.messages)")
    let restored = try await CommandRun(["restore", file, "--state", state, "--yes", "--json"])
    #expect(restored.status == 0, "\(restored.messages)")
    let outcome = try restored.json(Restored.self)
    #expect(outcome.rows == answer.rows && outcome.warnings.isEmpty)
    #expect(FileManager.default.fileExists(atPath: outcome.aside ?? ""))
    // The daemon goes on with it, and settles what it held.
    try await KillTests.checkAllSettled(state, load, before)
  }

  @Test func aKillAtAnyMomentLeavesNothingHalfMadeUnderTheName() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let state = workspace.path + "/state"
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    _ = try await KillTests.seed(state, 60_000)
    let file = workspace.path + "/shop.db"
    var cutShort = 0
    for delay in [30, 60, 90, 120, 160, 200, 260, 340] {
      let run = try MpesadProcess(["backup", file, "--force", "--state", state])
      try await Task.sleep(for: .milliseconds(delay))
      run.signal(SIGKILL)
      if try await run.wait() != 0 { cutShort += 1 }
      guard FileManager.default.fileExists(atPath: file) else { continue }
      #expect(try Self.isWhole(file, in: workspace), "after \(delay) ms")
    }
    #expect(cutShort > 0, "every backup was quicker than the kill")
    let last = try await CommandRun(["backup", file, "--force", "--state", state])
    #expect(last.status == 0, "\(last.messages)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: workspace.path).sorted() == ["shop.db", "state"])
  }

  private static func isWhole(_ file: String, in workspace: Workspace) throws -> Bool {
    let elsewhere = workspace.path + "/elsewhere"
    try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: elsewhere) }
    // Reads it from its first page to its last, and throws where something is wrong.
    let restoration = try Restoration(of: file, into: elsewhere)
    defer { restoration.end() }
    return restoration.summary.counts["transactions"] == 60_000
  }

  @Test func aDirectoryKeepsSoManyAndTheirNamesTellTheTime() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    await (try OperatorCommandTests.store(workspace)).close()
    let command = [
      "backup", "--directory", workspace.path + "/backups", "--keep", "1", "--state", workspace.path, "--json",
    ]
    let first = try await CommandRun(command).json(Made.self)
    #expect(first.backup.contains(/backups\/mpesad-\d{8}T\d{6}Z\.db$/) && first.removed.isEmpty)
    try await Task.sleep(for: .milliseconds(1_100))
    let second = try await CommandRun(command).json(Made.self)
    #expect(second.removed == [first.backup])
    #expect(try FileManager.default.contentsOfDirectory(atPath: workspace.path + "/backups").count == 1)
  }

  @Test func keysThatDoNotFitAreNamedWithWhatFollows() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let secret = try workspace.file("secret", "a passkey that nobody shall see")
    let state = workspace.path + "/state"
    let set = try await CommandRun(["set-mpesa-credentials", "--passkey-file", secret, "--state", state])
    #expect(set.status == 0, "\(set.messages)")
    let file = workspace.path + "/shop.db"
    #expect(try await CommandRun(["backup", file, "--state", state]).status == 0)
    for name in StateKeys.all { try? FileManager.default.removeItem(atPath: state + "/" + name) }
    _ = try KeyFile.key(at: state + "/callback.key")

    let restored = try await CommandRun(["restore", file, "--state", state, "--yes"])
    #expect(restored.status == 0)
    #expect(restored.messages.contains("callback.key is not the key of this backup"), "\(restored.messages)")
    #expect(restored.messages.contains("Secrets in its settings table cannot be opened"), "\(restored.messages)")
    #expect(!restored.messages.contains("nobody shall see"))
    #expect(!FileManager.default.fileExists(atPath: state + "/settings.key"), "none is made by looking")
    let bytes = try #require(FileManager.default.contents(atPath: file))
    #expect(bytes.range(of: Data("nobody shall see".utf8)) == nil, "no secret is in a backup")
  }

  static let noes: [([String], Int32, String)] = [
    (["backup"], 64, "--directory"),
    (["backup", "one.db", "--directory", "."], 64, "--directory"),
    (["backup", "one.db", "--keep", "3"], 64, "--keep"),
    (["backup", "--directory", ".", "--keep", "0"], 64, "--keep"),
    (["backup", "/nowhere/one.db"], 69, "/nowhere/one.db"),
    (["restore", "/nowhere/one.db", "--yes"], 66, "/nowhere/one.db"),
    (["restore", "/etc/passwd", "--yes"], 1, "/etc/passwd"),
    (["check", "--frob"], 64, "--frob"),
  ]

  @Test(arguments: noes) func eachNoHasItsExitCode(arguments: [String], status: Int32, named: String) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    await (try OperatorCommandTests.store(workspace)).close()
    let result = try await CommandRun(arguments + ["--state", workspace.path])
    #expect(result.status == status && result.messages.contains(named), "\(result.messages)")
    #expect(result.data.isEmpty && !result.messages.contains("Fatal error"))
  }
}
