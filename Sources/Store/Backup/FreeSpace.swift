#if canImport(Glibc)
  import Glibc
#endif

/// What the file system of a path has left for this user.
public struct FreeSpace: Hashable, Sendable {
  /// Bytes that can be written still.
  public let bytes: Int
  /// All bytes that it has.
  public let total: Int

  /// Nil where the path cannot be seen.
  public init?(of path: String) {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    bytes = Int(clamping: status.f_bavail) * Int(clamping: status.f_frsize)
    total = Int(clamping: status.f_blocks) * Int(clamping: status.f_frsize)
  }
}
