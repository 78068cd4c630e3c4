import Foundation

/// A state directory of its own, which nobody else may read.
enum TemporaryState {
  /// Makes it, in the system's temporary directory.
  /// - Throws: ``DemoError/temporaryDirectory(path:detail:)``.
  static func make() throws -> String {
    let name = "mpesad-demo-" + UUID().uuidString.prefix(8).lowercased()
    let path = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent(name).path
    do {
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
    } catch {
      throw DemoError.temporaryDirectory(path: path, detail: error.localizedDescription)
    }
    return path
  }

  /// Removes it with all it holds. What cannot be removed stays for the system's cleaning of its temporary directory.
  static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
