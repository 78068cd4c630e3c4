import Dispatch
import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// What the disk itself takes: the time of one `fdatasync` after 4 KiB appended, which no durable acknowledgement can undercut.
enum SyncFloor {
  /// Long enough for a stable median, short enough not to bore.
  private static let duration: UInt64 = 500_000_000

  /// Measures in a file of its own in this directory.
  /// - Throws: `DaemonError.stateDirectory` when the file cannot be written.
  static func measure(in directory: String) throws -> LatencySample {
    let path = directory + "/sync-floor"
    let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw DaemonError.stateDirectory(path: directory, detail: String(cString: strerror(errno)))
    }
    defer {
      close(descriptor)
      unlink(path)
    }
    let page = [UInt8](repeating: 0x6d, count: 4_096)
    var sample = LatencySample()
    let start = DispatchTime.now().uptimeNanoseconds
    var now = start
    while now - start < duration {
      guard write(descriptor, page, page.count) == page.count, fdatasync(descriptor) == 0 else {
        throw DaemonError.stateDirectory(path: directory, detail: String(cString: strerror(errno)))
      }
      let done = DispatchTime.now().uptimeNanoseconds
      sample.add(nanoseconds: done - now)
      now = done
    }
    return sample
  }
}
