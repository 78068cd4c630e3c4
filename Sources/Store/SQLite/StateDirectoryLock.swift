import Foundation
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Holds a state directory for one process. The kernel lets go of it when the process ends, however it ends.
final class StateDirectoryLock: Sendable {
  /// The file that the lock is on.
  let path: String
  private let descriptor: Mutex<Int32>
  private let identity: Mutex<FileIdentity?>

  /// Takes the directory.
  /// - Throws: ``StoreError/locked(path:holder:)`` naming the process that has it, or ``StoreError/cannotOpen(path:detail:)``.
  init(directory: String) throws {
    path = directory + "/mpesad.lock"
    let file = try Self.take(path, directory)
    descriptor = Mutex(file)
    identity = Mutex(FileIdentity(file))
  }

  private static func take(_ path: String, _ directory: String) throws -> Int32 {
    var file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    // A lock can be had on a disk that takes no more writes: the spool may be on another one.
    let reason = errno
    if file < 0, [EROFS, EACCES, ENOSPC, EDQUOT].contains(reason) { file = open(path, O_RDONLY | O_CLOEXEC) }
    guard file >= 0 else { throw StoreError.cannotOpen(path: path, code: reason) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      defer { Glibc.close(file) }
      var bytes = [UInt8](repeating: 0, count: 32)
      let count = pread(file, &bytes, bytes.count, 0)
      let holder = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self).trimmingCharacters(
        in: .whitespacesAndNewlines)
      throw StoreError.locked(path: directory, holder: holder.isEmpty ? "process unknown" : "process \(holder)")
    }
    // Only a help for the message above: the lock itself is the kernel's, so a full disk does not matter here.
    let mine = Array("\(getpid())\n".utf8)
    if ftruncate(file, 0) == 0 { _ = pwrite(file, mine, mine.count, 0) }
    return file
  }

  /// Whether the file is still found under its name: else another process could take the directory too.
  var isInPlace: Bool {
    guard let identity = identity.withLock({ $0 }) else { return false }
    return FileIdentity(path: path) == identity
  }

  /// Takes the directory again where the file was removed.
  /// - Returns: false where somebody else has it, or no file can be made.
  func renew() -> Bool {
    guard let file = try? Self.take(path, (path as NSString).deletingLastPathComponent) else { return false }
    let old = descriptor.withLock { held in
      defer { held = file }
      return held
    }
    identity.withLock { $0 = FileIdentity(file) }
    if old >= 0 { close(old) }
    return true
  }

  /// Lets go of the directory. Closing twice could close somebody else's file, so only the first call does it.
  func release() {
    let file = descriptor.withLock { held in
      defer { held = -1 }
      return held
    }
    guard file >= 0 else { return }
    // Closing alone would leave the lock with a child process that is just being started and still has a copy of the file.
    flock(file, LOCK_UN)
    close(file)
  }

  deinit { release() }
}
