import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// The verdict that a database is damaged, kept in a file beside it: as long as it stands, no process acknowledges a callback into that
/// database. A restore lifts it, and so does a complete check that finds nothing.
public struct DamageVerdict: Sendable {
  static let suffix = ".damaged"

  /// The file that keeps it.
  public let path: String

  /// The verdict on the database of a state directory, whether it stands or not.
  public init(directory: String) { path = directory + "/mpesad.db" + Self.suffix }

  /// What SQLite said; nil where there is no verdict.
  public var detail: String? {
    guard FileIdentity(path: path) != nil else { return nil }
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.isEmpty ? "damaged" : text.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Keeps it over restarts and power cuts. A verdict that stands stays as it is.
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)``.
  func keep(_ detail: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StoreError.cannotOpen(path: path, code: errno) }
    defer { close(file) }
    // The name alone says enough: on a full disk the text may be missing.
    let bytes = Array((detail + "\n").utf8)
    let isWritten = pwrite(file, bytes, bytes.count, 0) == bytes.count
    guard fsync(file) == 0 || !isWritten else { throw StoreError.cannotOpen(path: path, code: errno) }
    try DirectorySync.sync((path as NSString).deletingLastPathComponent)
  }

  /// Lifts it. To be called when the database was read whole and is sound, or another one took its place.
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)``.
  public func lift() throws {
    guard FileIdentity(path: path) != nil else { return }
    guard unlink(path) == 0 || errno == ENOENT else { throw StoreError.cannotOpen(path: path, code: errno) }
    try DirectorySync.sync((path as NSString).deletingLastPathComponent)
  }
}
