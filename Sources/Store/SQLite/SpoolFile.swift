import Foundation
import NIOCore

#if canImport(Glibc)
  import Glibc
#endif

/// The system calls on a spool file. A call that a signal interrupted is made again.
enum SpoolFile {
  /// Writes all of it, or fails.
  static func write(_ buffer: ByteBuffer, to file: Int32, at start: Int) -> Bool {
    buffer.withUnsafeReadableBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = pwrite(file, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(start + done))
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { return false }
        done += count
      }
      return true
    }
  }

  /// Has the disk take what was written.
  static func sync(_ file: Int32) -> Bool {
    while fdatasync(file) != 0 {
      guard errno == EINTR else { return false }
    }
    return true
  }

  /// Sets disk space aside.
  /// - Returns: 0, or the number of the system's error.
  static func reserve(_ bytes: Int, of file: Int32) -> CInt {
    while true {
      let result = posix_fallocate(file, 0, off_t(bytes))
      guard result == EINTR else { return result }
    }
  }

  /// A part of a file, shorter where the file ends; nil when the disk fails to give it.
  static func read(_ file: Int32, at offset: Int, count: Int) -> ByteBuffer? {
    var buffer = ByteBufferAllocator().buffer(capacity: count)
    while buffer.writerIndex < count {
      let start = buffer.writerIndex
      let done = buffer.withUnsafeMutableWritableBytes { free in
        pread(file, free.baseAddress, min(free.count, count - start), off_t(offset + start))
      }
      if done < 0 && errno == EINTR { continue }
      if done < 0 { return nil }
      if done == 0 { break }
      buffer.moveWriterIndex(forwardBy: done)
    }
    return buffer
  }

  /// Reads a file by its path without touching it; nil where there is no such file.
  /// - Parameter reading: gives nil when the disk fails.
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)``.
  static func look<Content>(at path: String, _ reading: (_ file: Int32) -> Content?) throws -> Content? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw StoreError.cannotOpen(path: path, code: errno)
    }
    defer { close(file) }
    guard let content = reading(file) else { throw StoreError.cannotOpen(path: path, code: errno) }
    return content
  }
}
