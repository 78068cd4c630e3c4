import Foundation

/// What a file holds, byte for byte.
enum FileBytes {
  /// The bytes of a file; none where there is no file.
  static func read(_ path: String) -> Data { FileManager.default.contents(atPath: path) ?? Data() }

  static func contains(_ content: Data, _ bytes: [UInt8]) -> Bool { content.range(of: Data(bytes)) != nil }
}
