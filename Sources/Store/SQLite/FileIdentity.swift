#if canImport(Glibc)
  import Glibc
#endif

/// Which file it is, whatever it is called: two names of one file have the same, and a file that took another's name has not.
struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  private let number: UInt64

  /// The file that a name leads to now; nil where none is there.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  /// An open file; nil where the system does not say.
  init?(_ descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    device = UInt64(status.st_dev)
    number = UInt64(status.st_ino)
  }
}

/// Files that a process has open and acknowledges into, each with the name under which the next start looks for it.
struct WatchedFiles: Sendable {
  private var files: [(path: String, identity: FileIdentity)] = []

  init() {}

  /// Takes in a file as it is now.
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)`` where it is not there.
  mutating func watch(_ path: String) throws {
    guard let identity = FileIdentity(path: path) else { throw StoreError.cannotOpen(path: path, code: errno) }
    files.append((path, identity))
  }

  /// Whether a watched name leads to another file now, or to none.
  func isDisplaced(_ path: String) -> Bool {
    files.contains { $0.path == path && FileIdentity(path: path) != $0.identity }
  }

  /// What is different, in words; nil while each name leads to the file that is open.
  var difference: String? {
    for (path, identity) in files {
      let now = FileIdentity(path: path)
      if now == nil { return "\(path) was removed while it was in use" }
      if now != identity { return "\(path) was replaced by another file while it was in use" }
    }
    return nil
  }
}
