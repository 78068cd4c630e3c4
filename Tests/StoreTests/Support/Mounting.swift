import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// A small file system in memory, mounted for one test. Needs the right to mount.
final class SmallDisk: Sendable {
  let path: String

  /// - Parameter options: as `mount -o` takes them, for example `size=16m`.
  init(inside directory: String, options: String) throws {
    path = directory + "/disk"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try Self.check(mount("tmpfs", path, "tmpfs", 0, options), "mount")
  }

  func remount(options: String, readOnly: Bool = false) throws {
    let flags = UInt(MS_REMOUNT) | (readOnly ? UInt(MS_RDONLY) : 0)
    try Self.check(mount("tmpfs", path, "tmpfs", flags, options), "remount")
  }

  func unmount() { umount2(path, Int32(MNT_DETACH)) }

  struct MountFailed: Error {
    var what: String
    var why: String
  }

  private static func check(_ result: Int32, _ what: String) throws {
    if result != 0 { throw MountFailed(what: what, why: String(cString: strerror(errno))) }
  }

  /// Found out by trying: root in a container may not mount either.
  static let mayMount: Bool = {
    guard let directory = try? TemporaryDirectory(),
      let disk = try? SmallDisk(inside: directory.path, options: "size=64k")
    else { return false }
    disk.unmount()
    return true
  }()

  /// On CI the tests that need a mount must run: there, not being able to is a failure, not an excuse.
  static var isRequired: Bool { ProcessInfo.processInfo.environment["CI"] == "true" }
}

/// A directory that this process cannot write to: by its permissions, or for root, whom those do not stop, by its mount, or because the
/// kernel owns it.
final class ReadOnlyDirectory: Sendable {
  let path: String
  private let disk: SmallDisk?

  init(inside directory: String) throws {
    if SmallDisk.mayMount {
      let disk = try SmallDisk(inside: directory, options: "size=1m")
      try disk.remount(options: "size=1m", readOnly: true)
      self.disk = disk
      path = disk.path
    } else if geteuid() == 0 {
      disk = nil
      path = "/sys"
    } else {
      disk = nil
      path = directory + "/read-only"
      try FileManager.default.createDirectory(
        atPath: path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o500])
    }
  }

  func release() { disk?.unmount() }
}
