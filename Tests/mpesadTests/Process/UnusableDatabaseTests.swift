import Foundation
import Payments
import Store
import Testing

@testable import mpesad

/// A database that cannot be used keeps nobody from being acknowledged: callbacks go to the spool, and nothing is lost.
@Suite(.serialized) struct UnusableDatabaseTests {
  private let workspace: Workspace
  private let state: String
  private let load: CallbackLoad
  private let client: CallbackClient

  init() async throws {
    workspace = try Workspace()
    state = workspace.path + "/state"
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    load = try await KillTests.seed(state, 400)
    client = CallbackClient(load)
  }

  private func serve() throws -> MpesadProcess {
    try MpesadProcess(["serve", "--state", state, "--listen", "127.0.0.1:0", "--log-level", "notice"])
  }

  /// Posts that many more callbacks; all of them are answered 200.
  private func post(_ count: Int, to port: Int) async {
    let before = client.ledger.count
    await client.post(to: port, connections: 4, most: client.begun + count)
    #expect(client.ledger.count - before == count && client.refusals == 0)
  }

  private func becomesReady(_ port: Int) async throws -> Bool {
    for _ in 0..<200 {
      if PlainConnection.get("/readyz", port: port) == 200 { return true }
      try await Task.sleep(for: .milliseconds(50))
    }
    return false
  }

  private func stop(_ daemon: MpesadProcess) async throws {
    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0, "\(daemon.said.suffix(1_000))")
  }

  /// Another program that holds the database for itself until its standard input ends.
  private func holder() throws -> (process: Process, release: FileHandle) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    let script = """
      import sqlite3, sys
      db = sqlite3.connect(sys.argv[1], isolation_level=None)
      db.execute("BEGIN IMMEDIATE"); db.execute("INSERT INTO marks VALUES ('held', 1)")
      print("held", flush=True); sys.stdin.readline(); db.execute("ROLLBACK")
      """
    process.arguments = ["python3", "-c", script, state + "/mpesad.db"]
    let (input, output) = (Pipe(), Pipe())
    (process.standardInput, process.standardOutput) = (input, output)
    try process.run()
    _ = output.fileHandleForReading.availableData
    return (process, input.fileHandleForWriting)
  }

  @Test(
    .enabled(
      if: Requirement.met(Requirement.executable("python3") != nil), "there is no python3 to be another program"),
    arguments: [true, false])
  func aDatabaseThatAnotherProgramHoldsIsWaitedFor(atStart: Bool) async throws {
    defer { workspace.remove() }
    var daemon = try serve()
    var port = try await daemon.port()
    if atStart { try await stop(daemon) }
    let (process, release) = try holder()
    defer {
      try? release.close()
      process.waitUntilExit()
    }
    if atStart {
      daemon = try serve()
      port = try await daemon.port(within: 30)
    }
    await post(100, to: port)
    #expect(PlainConnection.get("/readyz", port: port) == 503)
    #expect(PlainConnection.get("/healthz", port: port) == 200)
    try release.close()
    process.waitUntilExit()
    #expect(try await becomesReady(port), "\(daemon.said.suffix(1_000))")
    await post(50, to: port)
    try await stop(daemon)
    try await KillTests.checkAllSettled(state, load, client.ledger)
  }

  @Test func aDatabaseThatIsGoneAtAStartIsNotMadeAnew() async throws {
    defer { workspace.remove() }
    let kept = workspace.path + "/kept.db"
    try FileManager.default.moveItem(atPath: state + "/mpesad.db", toPath: kept)
    let daemon = try serve()
    let port = try await daemon.port()
    await post(100, to: port)
    #expect(daemon.said.contains("mpesad.db is not there") && daemon.said.contains("mpesad migrate"))
    #expect(!FileManager.default.fileExists(atPath: state + "/mpesad.db"))
    // It comes back: a person has put it there again.
    try FileManager.default.moveItem(atPath: kept, toPath: state + "/mpesad.db")
    #expect(try await becomesReady(port), "\(daemon.said.suffix(1_000))")
    try await stop(daemon)
    try await KillTests.checkAllSettled(state, load, client.ledger)
  }

  @Test func anEmptyDatabaseIsMadeWhereSomebodyWantsOne() async throws {
    defer { workspace.remove() }
    try FileManager.default.removeItem(atPath: state + "/mpesad.db")
    let migrated = try await MpesadProcess.run(["migrate", "--state", state])
    #expect(migrated.status == 0, "\(migrated.output)")
    let daemon = try serve()
    #expect(try await becomesReady(try await daemon.port()))
    try await stop(daemon)
  }

  /// Overwrites pages in the middle of the database's file.
  private func damage() throws {
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: state + "/mpesad.db"))
    let length = try file.seekToEnd()
    for page in stride(from: UInt64(2), to: length / 4_096, by: 2) {
      try file.seek(toOffset: page * 4_096)
      try file.write(contentsOf: Data(repeating: 0xA5, count: 4_096))
    }
    try file.close()
  }

  @Test func aDamagedDatabaseTakesNothingUntilABackupIsRestored() async throws {
    defer { workspace.remove() }
    let backup = workspace.path + "/backup.db"
    #expect(try await MpesadProcess.run(["backup", "--state", state, backup]).status == 0)
    try damage()
    let daemon = try serve()
    let port = try await daemon.port()
    await post(100, to: port)
    try await Task.sleep(for: .milliseconds(1_500))
    await post(100, to: port)
    let verdict = state + "/mpesad.db.damaged"
    #expect(FileManager.default.fileExists(atPath: verdict), "\(daemon.said.suffix(1_000))")
    #expect(PlainConnection.get("/readyz", port: port) == 503)
    try await stop(daemon)

    let again = try serve()
    await post(50, to: try await again.port())
    #expect(again.said.contains("is damaged") && again.said.contains("mpesad restore"))
    try await stop(again)
    let check = try await MpesadProcess.run(["check", "--full", "--state", state])
    #expect(check.status != 0 && FileManager.default.fileExists(atPath: verdict))

    let restored = try await MpesadProcess.run(["restore", "--state", state, "--yes", backup])
    #expect(restored.status == 0, "\(restored.output)")
    #expect(!FileManager.default.fileExists(atPath: verdict))
    try await KillTests.checkAllSettled(state, load, client.ledger)
  }

  @Test func aCompleteCheckThatFindsItSoundLiftsTheVerdict() async throws {
    defer { workspace.remove() }
    let verdict = state + "/mpesad.db.damaged"
    try Data("database disk image is malformed\n".utf8).write(to: URL(fileURLWithPath: verdict))
    let daemon = try serve()
    let port = try await daemon.port()
    await post(100, to: port)
    #expect(PlainConnection.get("/readyz", port: port) == 503)
    let glance = try await MpesadProcess.run(["check", "--state", state])
    #expect(glance.output.contains("check --full") && FileManager.default.fileExists(atPath: verdict))
    let full = try await MpesadProcess.run(["check", "--full", "--state", state])
    #expect(full.output.contains("is lifted") && !FileManager.default.fileExists(atPath: verdict), "\(full.output)")
    #expect(try await becomesReady(port), "\(daemon.said.suffix(1_000))")
    try await stop(daemon)
    try await KillTests.checkAllSettled(state, load, client.ledger)
  }
}
