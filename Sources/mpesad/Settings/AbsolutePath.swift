import ArgumentParser
import Foundation

/// Paths as whoever wrote them meant them, made absolute once, where they come in. Behind that point every path is absolute.
enum AbsolutePath {
  /// - Parameter base: the directory that a relative path starts from; the working directory unless another is given.
  static func of(_ path: String, from base: String = FileManager.default.currentDirectoryPath) -> String {
    guard !path.hasPrefix("/") else { return path }
    return (base.hasSuffix("/") ? base : base + "/") + path
  }

  /// For options and arguments that are paths. An empty one is a slip, such as an unset variable in a script: it must not mean the working
  /// directory.
  static func argument(_ text: String) throws -> String {
    guard !text.isEmpty else { throw ValidationError("A path must not be empty.") }
    return of(text)
  }

  /// The same, where `-` stands for standard input.
  static func argumentOrInput(_ text: String) throws -> String { text == "-" ? text : try argument(text) }
}
