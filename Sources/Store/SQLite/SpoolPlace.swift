import Foundation
import NIOCore

#if canImport(Glibc)
  import Glibc
#endif

/// Where the spool is: always found as `mpesad.spool` in the state directory, which is a symbolic link where `spool_directory` puts the file
/// on another disk. Backups, restores and checks find it there without knowing the setting.
struct SpoolPlace: Sendable {
  static let name = "mpesad.spool"
  /// The name of a spool that another place took over from, until the database has taken in what it holds.
  static let leftName = "mpesad.spool.left"

  /// The state directory.
  let directory: String
  /// The directory of the file itself; nil for the state directory.
  var elsewhere: String?

  var path: String { directory + "/" + Self.name }
  private var leftPath: String { directory + "/" + Self.leftName }
  private var target: String { elsewhere.map { $0 + "/" + Self.name } ?? path }

  /// Makes the name in the state directory lead to where the settings want the spool. What another place holds keeps another name until it
  /// is taken in.
  /// - Returns: the path of the file to open.
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)``. Then nothing was changed.
  func prepare() throws -> String {
    let wanted = elsewhere == nil ? nil : target
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
    let isThere = link != nil || FileIdentity(path: path) != nil
    if isThere ? link == wanted : wanted == nil { return target }
    if isThere {
      guard access(leftPath, F_OK) != 0 else {
        throw StoreError.cannotOpen(
          path: leftPath,
          detail: "it holds callbacks of an earlier spool_directory that the database has not taken in yet")
      }
      guard rename(path, leftPath) == 0 else { throw StoreError.cannotOpen(path: path, code: errno) }
    }
    if let wanted, symlink(wanted, path) != 0 { throw StoreError.cannotOpen(path: path, code: errno) }
    try DirectorySync.sync(directory)
    return target
  }

  /// Looks at what waits in the spools of the state directory, also while a daemon uses them: the oldest first.
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)``.
  static func look(in directory: String) throws -> SpoolView {
    SpoolView(
      old: try OldSpool.look(in: directory),
      left: try SpoolContent.look(at: directory + "/" + leftName),
      current: try SpoolContent.look(at: directory + "/" + name))
  }

  /// Opens the spool that another place took over from; nil where there is none.
  func left() throws -> Spool? {
    guard FileIdentity(path: leftPath) != nil else { return nil }
    return try Spool(path: leftPath, bytes: 0)
  }

  /// The database has all that the left spool held.
  func removeLeft() throws {
    if let file = try? FileManager.default.destinationOfSymbolicLink(atPath: leftPath) { unlink(file) }
    guard unlink(leftPath) == 0 else { throw StoreError.cannotOpen(path: leftPath, code: errno) }
    try DirectorySync.sync(directory)
  }
}

/// The spools of a state directory, seen from outside.
struct SpoolView {
  var old: OldSpool?
  var left: SpoolContent?
  var current: SpoolContent?

  /// Callbacks that a database with these marks does not have, in order of arrival.
  func waiting(
    oldEpoch: UInt64, position: (_ identity: UInt64) throws -> SpoolPosition?
  ) rethrows -> [NewDelivery] {
    var callbacks = old?.waiting(behind: oldEpoch) ?? []
    for content in [left, current].compactMap(\.self) {
      let taken = try content.identity.flatMap { try position($0) }
      callbacks += content.waiting(behind: taken).compactMap { record in
        if case .callback(let callback) = record.entry { callback } else { nil }
      }
    }
    return callbacks
  }
}

/// A new name is only there after a power cut if its directory was synced too.
enum DirectorySync {
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)``.
  static func sync(_ directory: String) throws {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StoreError.cannotOpen(path: directory, code: errno) }
    defer { close(descriptor) }
    while fsync(descriptor) != 0 {
      guard errno == EINTR else { throw StoreError.cannotOpen(path: directory, code: errno) }
    }
  }
}
