import Foundation

/// The files that this test was built from.
enum Repository {
  /// The path of a file or directory, from its path within the repository.
  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).appendingPathComponent("../../../../\(name)").standardizedFileURL.path
  }

  /// The text of a file.
  static func text(_ name: String) throws -> String { try String(contentsOfFile: path(name), encoding: .utf8) }
}
