import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// Which file it is, whatever it is called: two names of one file have the same, and a file that took another's name has not.
struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  private let number: UInt64

  /// As part of a file's name.
  var text: String { "\(device)-\(number)" }

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

/// A log that was moved away from under a file that took its database's place. Its name says which file it belongs to, so that it comes back
/// to that database alone, also when the process that moved it has ended.
enum ShelteredLog {
  static func path(of database: String, _ identity: FileIdentity) -> String {
    "\(database).displaced-\(identity.text)-wal"
  }

  /// Puts the log back beside a database that is back in its place. To be called before the database is opened.
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)``.
  static func putBack(to database: String) throws {
    guard let identity = FileIdentity(path: database) else { return }
    let sheltered = path(of: database, identity)
    guard FileIdentity(path: sheltered) != nil, FileIdentity(path: database + "-wal") == nil else { return }
    guard rename(sheltered, database + "-wal") == 0 else { throw StoreError.cannotOpen(path: sheltered, code: errno) }
    try DirectorySync.sync((database as NSString).deletingLastPathComponent)
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

  /// Which file a watched name led to.
  func identity(of path: String) -> FileIdentity? { files.first { $0.path == path }?.identity }

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
