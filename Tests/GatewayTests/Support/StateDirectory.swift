import Foundation

/// A state directory for one test, removed when the test ends.
enum StateDirectory {
  static func use(_ body: (String) async throws -> Void) async throws {
    let path = NSTemporaryDirectory() + "mpesad-gateway-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    try await body(path)
  }
}
