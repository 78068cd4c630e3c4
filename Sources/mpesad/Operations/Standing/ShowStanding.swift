import Foundation

/// Tells how the daemon itself stands. It answers from memory, also while the disk hangs.
struct ShowStanding: Operation {
  static let name = "standing"

  func perform(at desk: OperatorDesk) async throws -> Standing {
    let path = desk.store.writePath
    return Standing(
      version: Mpesad.version, process: ProcessInfo.processInfo.processIdentifier,
      uptimeSeconds: ProcessAge.seconds, failure: path.failure,
      busySeconds: path.busyFor.map { $0 / .seconds(1) }, waiting: path.waiting)
  }
}

/// How the daemon stands.
struct Standing: Codable, Hashable, Sendable {
  var version: String
  var process: Int32
  /// How long it runs; nil where the kernel does not say.
  var uptimeSeconds: Double?
  /// Why the database does not commit; nil while it does.
  var failure: String?
  /// How long the writer's batch under way has taken so far; nil between batches.
  var busySeconds: Double?
  /// How much waits for the writer.
  var waiting: Int
}
