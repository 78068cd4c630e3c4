import Foundation
import NIOCore
import Payments

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
  /// Where the file itself is to be; nil where that is ``path``.
  private var target: String? {
    guard let elsewhere, FileIdentity(path: elsewhere) != FileIdentity(path: directory) else { return nil }
    return elsewhere + "/" + Self.name
  }

  /// Opens the spool where the settings want it, and makes the name in the state directory lead there. What another place holds keeps another
  /// name until it is taken in.
  ///
  /// A file that was made on another disk and is not there now is not made again: that disk is not mounted, and a file in its place would be
  /// hidden once it is.
  /// - Parameter open: opens or makes the file at a path.
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)``, or what `open` throws. Then every name leads to where it led.
  func open(_ open: (_ path: String) throws -> Spool) throws -> Spool {
    let link = try? FileManager.default.destinationOfSymbolicLink(atPath: path)
    let file = FileIdentity(path: path)
    let isAsWanted: Bool
    if let target {
      isAsWanted = link != nil && (link == target || (file != nil && file == FileIdentity(path: target)))
      if isAsWanted && file == nil {
        throw StoreError.cannotOpen(
          path: target,
          detail:
            "the spool that was there is gone. If its disk is not mounted, mount it; to make a new one, remove the link \(path)"
        )
      }
    } else {
      isAsWanted = link == nil
    }
    if isAsWanted { return try open(target ?? path) }
    // First the file, then its name: a name without a file says that a disk is missing.
    guard let target else {
      try putAside()
      return try open(path)
    }
    let spool = try open(target)
    if link != nil || file != nil { try putAside() }
    guard symlink(target, path) == 0 else { throw StoreError.cannotOpen(path: path, code: errno) }
    try DirectorySync.sync(directory)
    return spool
  }

  /// Gives the spool of the place before another name.
  private func putAside() throws {
    guard !isThere(leftPath) else {
      throw StoreError.cannotOpen(
        path: leftPath, detail: "it leads to callbacks of an earlier spool_directory that were not taken in yet")
    }
    guard rename(path, leftPath) == 0 else { throw StoreError.cannotOpen(path: path, code: errno) }
    try DirectorySync.sync(directory)
  }

  /// Whether the name is taken, also by a link that leads nowhere.
  private func isThere(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
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
    guard isThere(leftPath) else { return nil }
    guard FileIdentity(path: leftPath) != nil else {
      throw StoreError.cannotOpen(
        path: leftPath, detail: "it leads to a spool that is not there; mount its disk and restart mpesad")
    }
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

  /// The transactions that anything in them names, also what a database has taken in already.
  var transactions: [TransactionID] {
    (old?.callbacks.compactMap { $0.token?.id } ?? [])
      + [left, current].compactMap(\.self).flatMap(\.records).compactMap { record in
        switch record.entry {
        case .callback(let callback): callback.token?.id
        case .unsentPush(let transaction, _): transaction
        }
      }
  }

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
