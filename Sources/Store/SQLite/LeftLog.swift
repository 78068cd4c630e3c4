import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// The log that an earlier run left: written to the disk once more before SQLite reads it.
///
/// After a sync that failed the kernel calls the pages clean, although the disk does not have them: SQLite would read them from memory, go on
/// from them, and a power cut would take them away. So every byte is written again where it stands, and synced. That includes commits
/// whose outcome was unknown: from here on they are durable.
enum LeftLog {
  private static let chunk = 64 << 10

  /// Bytes of SQLite's shared memory on which its processes hold locks: that of the writer, the checkpointer and recovery, and the one that
  /// each connected process shares.
  private static let writerLocks: (start: off_t, length: off_t) = (120, 3)
  private static let connectionLock: off_t = 128
  /// Where the shared memory says how much of the log was copied into the database.
  private static let copiedFramesOffset: off_t = 96

  /// Makes the log of a database durable. To be called while no connection of this process has the database open.
  ///
  /// Locks as SQLite takes them keep the connections of other programs from writing meanwhile. Where another program reads, SQLite would keep
  /// what it noted of pages copied by the run before, whose sync may have failed: so that note is set back, and all is copied again.
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)``; nothing may be opened then.
  static func makeDurable(of database: String) throws {
    let path = database + "-wal"
    let log = open(path, O_RDWR | O_CLOEXEC)
    guard log >= 0 else {
      if errno == ENOENT { return }
      throw StoreError.cannotOpen(path: path, code: errno)
    }
    defer { close(log) }
    let memory = try lockedMemory(database + "-shm")
    defer { if memory >= 0 { close(memory) } }
    try rewrite(log, path)
    guard memory >= 0, isConnected(memory) else { return }
    var zero: UInt32 = 0
    guard pwrite(memory, &zero, 4, copiedFramesOffset) == 4 else {
      throw StoreError.cannotOpen(path: database + "-shm", code: errno)
    }
  }

  private static func rewrite(_ log: Int32, _ path: String) throws {
    var buffer = [UInt8](repeating: 0, count: chunk)
    var offset = 0
    while true {
      let count = pread(log, &buffer, buffer.count, off_t(offset))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw StoreError.cannotOpen(path: path, code: errno) }
      if count == 0 { break }
      var done = 0
      while done < count {
        let written = buffer.withUnsafeBytes { bytes in
          pwrite(log, bytes.baseAddress.map { $0 + done }, count - done, off_t(offset + done))
        }
        if written < 0 && errno == EINTR { continue }
        guard written > 0 else { throw StoreError.cannotOpen(path: path, code: errno) }
        done += written
      }
      offset += count
    }
    guard SpoolFile.sync(log) else { throw StoreError.cannotOpen(path: path, code: errno) }
  }

  /// The shared memory, with the locks of writer, checkpointer and recovery; -1 where there is none, and so nobody who has the database open.
  private static func lockedMemory(_ path: String) throws -> Int32 {
    let memory = open(path, O_RDWR | O_CLOEXEC)
    guard memory >= 0 else {
      if errno == ENOENT { return -1 }
      throw StoreError.cannotOpen(path: path, code: errno)
    }
    var lock = flock(
      l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: writerLocks.start, l_len: writerLocks.length, l_pid: 0
    )
    guard fcntl(memory, F_SETLK, &lock) == 0 else {
      let reason = errno
      close(memory)
      throw StoreError.cannotOpen(
        path: path, detail: "another program writes to the database", code: reason == EACCES ? EAGAIN : reason)
    }
    return memory
  }

  private static func isConnected(_ memory: Int32) -> Bool {
    var lock = flock(
      l_type: Int16(F_WRLCK), l_whence: Int16(SEEK_SET), l_start: connectionLock, l_len: 1, l_pid: 0)
    return fcntl(memory, F_GETLK, &lock) != 0 || lock.l_type != Int16(F_UNLCK)
  }
}
