import Foundation
import Testing

@testable import mpesad

/// Full file systems: what is acknowledged stays, one that has room is enough to acknowledge, and room alone is the cure.
@Suite(
  .enabled(if: Requirement.met(Requirement.isRoot), "mounting small file systems needs root"), .serialized)
struct FullFileSystemTests {
  /// Which file system is full.
  enum Place: CaseIterable, Sendable {
    /// Database and spool share one.
    case shared
    /// Each has its own.
    case database, spool, both
  }

  enum Moment: CaseIterable, Sendable { case load, start, startAfterKill }

  @Test(arguments: Place.allCases, Moment.allCases)
  func nothingIsLostAndRoomIsTheCure(place: Place, moment: Moment) async throws {
    let template = try await FaultTemplate.template()
    let workspace = try Workspace()
    defer { workspace.remove() }
    let disk = try FullFileSystem(at: workspace.path + "/state", mebibytes: 16)
    let other = try place == .shared ? nil : FullFileSystem(at: workspace.path + "/spool", mebibytes: 4)
    try template.copy(to: disk.path)
    let full = [place == .spool ? nil : disk, place == .spool || place == .both ? other : nil].compactMap(\.self)
    let daemon = SupervisedDaemon(
      arguments: FaultTemplate.arguments(disk.path),
      environment: try Self.environment(template, state: disk.path, spool: other?.path))
    let client = FaultClient(template.load) { daemon.port }

    do {
      var outcome = FaultOutcome()
      daemon.start()
      try await daemon.serves()
      client.start()
      try await Task.sleep(for: .milliseconds(200))
      if moment == .start { try await daemon.end(SIGTERM) }
      if moment == .startAfterKill { try await daemon.end(SIGKILL) }
      for fileSystem in full { try fileSystem.fill() }
      let before = client.ledger.count
      if moment != .load {
        daemon.start()
        // A start that cannot open the database must take callbacks all the same.
        try await daemon.serves(within: .seconds(5))
      }
      try await Task.sleep(for: .milliseconds(700))
      let meanwhile = client.ledger.count - before
      let refused = client.refusals
      for fileSystem in full { fileSystem.free() }
      outcome.standstill = try await daemon.standstill(of: client, within: .seconds(12))
      await client.finish()
      if outcome.standstill == nil, try await !KillTests.settles(disk.path, within: .seconds(10)) {
        outcome.standstill = "callbacks stay unsettled"
      }
      try await daemon.end(SIGTERM)
      outcome.endings = daemon.endings
      outcome.refused = client.refusals
      try await outcome.compare(disk.path, template.load, client.ledger, settles: true)
      #expect(outcome.losses == [], "\(outcome)\n\(daemon.told.suffix(1_500))")
      if place != .both, place != .shared {
        #expect(refused == 0 && meanwhile > 20, "one had room: \(outcome)\n\(daemon.told.suffix(1_500))")
      }
    } catch {
      await client.finish()
      try await daemon.end(SIGKILL)
      throw error
    }
  }

  /// Puts the spool where it is wanted: by its setting, or by a link.
  private static func environment(
    _ template: FaultTemplate, state: String, spool: String?
  ) throws -> [String: String] {
    guard let spool else { return FaultTemplate.environment }
    guard Setting(rawValue: "spool_directory") == nil else {
      try FileManager.default.removeItem(atPath: "\(state)/\(template.spoolName)")
      return FaultTemplate.environment.merging(["MPESAD_SPOOL_DIRECTORY": spool]) { mine, _ in mine }
    }
    try FileManager.default.moveItem(
      atPath: "\(state)/\(template.spoolName)", toPath: "\(spool)/\(template.spoolName)")
    try FileManager.default.createSymbolicLink(
      atPath: "\(state)/\(template.spoolName)", withDestinationPath: "\(spool)/\(template.spoolName)")
    return FaultTemplate.environment
  }
}
