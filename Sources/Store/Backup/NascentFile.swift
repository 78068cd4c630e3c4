import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A file that gets its name only when it is whole: it is written beside that name, synced, and renamed.
///
/// What a killed program leaves is the file beside, which the next one of the same name takes over.
final class NascentFile {
  /// What the file beside is called: the name, and this.
  static let suffix = ".part"
  /// What SQLite may leave beside a database.
  private static let companions = ["-journal", "-wal", "-shm"]

  /// The name it will have.
  let path: String
  /// Where it is written.
  let temporary: String
  private let replaces: Bool
  private var descriptor: Int32

  /// Makes the file beside, empty and for its owner alone, or takes over an abandoned one.
  /// - Parameters:
  ///   - replaces: whether a file that has the name already gives way.
  ///   - owner: where root writes into a directory of this user's, the file becomes theirs as well.
  /// - Throws: ``BackupError``.
  init(_ path: String, replaces: Bool, owner: FileOwner) throws {
    self.path = path
    self.replaces = replaces
    temporary = path + Self.suffix
    guard replaces || access(path, F_OK) != 0 else { throw BackupError.exists(path: path) }
    let file = open(temporary, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw BackupError.cannotWrite(path: temporary, detail: String(cString: strerror(errno))) }
    do {
      try Self.take(file, temporary)
      try owner.give(file, in: DatabaseFile.directory(of: path))
    } catch {
      close(file)
      throw error
    }
    descriptor = file
  }

  /// The lock is the kernel's and goes with the process. Between opening and locking the file may have got its name: then it is another's.
  private static func take(_ file: Int32, _ path: String) throws {
    var mine = stat()
    var there = stat()
    guard flock(file, LOCK_EX | LOCK_NB) == 0, fstat(file, &mine) == 0, lstat(path, &there) == 0,
      mine.st_ino == there.st_ino
    else { throw BackupError.beingWritten(path: path) }
    guard ftruncate(file, 0) == 0, fchmod(file, 0o600) == 0 else {
      throw BackupError.cannotWrite(path: path, detail: String(cString: strerror(errno)))
    }
    for companion in companions { unlink(path + companion) }
  }

  /// Has the disk take what was written so far.
  func sync() throws {
    guard fsync(descriptor) == 0 else { throw failure() }
  }

  /// Syncs it and gives it its name, for good.
  func publish() throws {
    try sync()
    // Others that write to this name wait for the lock, so that only a stranger could come in between.
    guard replaces || access(path, F_OK) != 0 else { throw BackupError.exists(path: path) }
    guard rename(temporary, path) == 0 else { throw failure() }
    try Self.syncDirectory(of: path)
    close(descriptor)
    descriptor = -1
  }

  /// Removes what was written, unless it was published.
  func abandon() {
    guard descriptor >= 0 else { return }
    for companion in [""] + Self.companions { unlink(temporary + companion) }
    close(descriptor)
    descriptor = -1
  }

  deinit { abandon() }

  /// Removes the file beside a name that a killed program left, unless somebody writes it now.
  static func removeAbandoned(_ temporary: String) {
    let file = open(temporary, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else { return }
    defer { close(file) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else { return }
    for companion in [""] + companions { unlink(temporary + companion) }
  }

  /// A new name is only there after a power cut if its directory was synced too.
  static func syncDirectory(of path: String) throws {
    let directory = DatabaseFile.directory(of: path)
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw BackupError.cannotWrite(path: directory, detail: String(cString: strerror(errno)))
    }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else {
      throw BackupError.cannotWrite(path: directory, detail: String(cString: strerror(errno)))
    }
  }

  private func failure() -> BackupError { .cannotWrite(path: path, detail: String(cString: strerror(errno))) }
}
