import Foundation
import Testing

@testable import mpesad

/// A full disk: nothing is acknowledged that is not durable, the end is an honest 503, and space alone heals it.
@Suite(.serialized) struct FullDiskTests {
  @Test(.enabled(if: Requirement.met(Requirement.isRoot), "mounting a small file system needs root"))
  func aFullDiskLosesNothingAndHealsWithoutARestart() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let disk = workspace.path + "/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    try Self.run("/bin/mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", disk)
    defer { try? Self.run("/bin/umount", "-l", disk) }
    let load = try await KillTests.seed(disk, 60_000)
    let daemon = try MpesadProcess(
      ["serve", "--state", disk, "--listen", "127.0.0.1:0", "--log-level", "notice"],
      environment: ["MPESAD_SPOOL_BYTES": "4194304"])
    let port = try await daemon.port()
    try Self.fill(disk + "/ballast")

    let client = CallbackClient(load)
    // Until a hundred in a row of refusals show that spool and database are both full.
    await client.post(to: port, connections: 8) { client.refusals >= 100 }
    #expect(client.refusals >= 100, "the disk did not fill: \(client.ledger.count) acknowledged")
    #expect(client.ledger.count > 1_000, "the spool took nothing: \(client.ledger.count) acknowledged")
    let before = client.ledger.count

    try FileManager.default.removeItem(atPath: disk + "/ballast")
    let begun = client.begun
    var waited = 0
    while client.ledger.count < before + 200, waited < 50 {
      try await Task.sleep(for: .milliseconds(200))
      await client.post(to: port, connections: 4, most: begun + 2_000) { client.ledger.count >= before + 200 }
      waited += 1
    }
    #expect(
      client.ledger.count >= before + 200,
      "callbacks are still refused after space returned: \(daemon.said.suffix(800))")
    #expect(
      try await KillTests.settles(disk, within: .seconds(60)),
      "not settled without a restart: \(daemon.said.suffix(800))")
    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0, "\(daemon.said.suffix(1_000))")
    try await KillTests.checkAllSettled(disk, load, client.ledger)
  }

  /// Takes all space that is left; there must be enough of it for the recovery later.
  static func fill(_ path: String) throws {
    _ = FileManager.default.createFile(atPath: path, contents: nil)
    let handle = try #require(FileHandle(forWritingAtPath: path))
    defer { try? handle.close() }
    let chunk = Data(repeating: 0x78, count: 65_536)
    while true {
      do { try handle.write(contentsOf: chunk) } catch { return }
    }
  }

  static func run(_ command: String...) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(command.joined(separator: " "))")
  }
}
