import Foundation

/// A small file system of a test's own, which can be filled and emptied. Needs root.
final class FullFileSystem: Sendable {
  let path: String
  private var ballast: String { path + "/ballast" }

  init(at path: String, mebibytes: Int) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try FullDiskTests.run("/bin/mount", "-t", "tmpfs", "-o", "size=\(mebibytes)m", "tmpfs", path)
  }

  deinit { umount2(path, CInt(MNT_DETACH)) }

  /// Takes all space that is left.
  func fill() throws {
    let descriptor = open(ballast, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw FaultTrouble("\(ballast) cannot be made: errno \(errno)") }
    defer { close(descriptor) }
    for length in [1 << 20, 4_096, 1] {
      let bytes = [UInt8](repeating: 0x78, count: length)
      while write(descriptor, bytes, length) > 0 {}
    }
    guard errno == ENOSPC else { throw FaultTrouble("\(path) cannot be filled: errno \(errno)") }
  }

  /// Gives the space back.
  func free() { unlink(ballast) }
}
