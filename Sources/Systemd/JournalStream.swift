#if canImport(Glibc)
  import Glibc
#endif

/// The connection that the service manager made between a standard stream and the journal (`JOURNAL_STREAM`, systemd.exec(5)).
public struct JournalStream: Sendable, Hashable {
  /// The device of its file.
  public var device: UInt64
  /// The inode of its file.
  public var inode: UInt64

  /// - Parameter text: `device:inode`, both decimal.
  /// - Returns: nil for anything else.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let device = UInt64(parts[0]), let inode = UInt64(parts[1]) else { return nil }
    self.device = device
    self.inode = inode
  }

  /// Whether standard error goes to the journal. The variable alone does not say so: it is inherited by processes whose standard error was
  /// redirected.
  /// - Parameter variable: the value of `JOURNAL_STREAM`; that of this process's environment unless given.
  public static func hasStandardError(_ variable: String? = getenv("JOURNAL_STREAM").map { String(cString: $0) })
    -> Bool
  {
    guard let stream = variable.flatMap({ JournalStream($0) }) else { return false }
    return stream.isFile(of: STDERR_FILENO)
  }

  /// Whether an open descriptor is this connection.
  public func isFile(of descriptor: CInt) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return false }
    return UInt64(status.st_dev) == device && UInt64(status.st_ino) == inode
  }
}
