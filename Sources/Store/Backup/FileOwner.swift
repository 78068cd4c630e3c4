import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// The user whose database it is.
///
/// Root may do what that user may, and must not leave files behind in that user's directories that only root can read.
struct FileOwner {
  private let user: uid_t
  private let group: gid_t

  /// The owner of a file or directory; this process's user where it cannot be seen.
  init(of path: String) {
    var status = stat()
    let isSeen = stat(path, &status) == 0
    user = isSeen ? status.st_uid : geteuid()
    group = isSeen ? status.st_gid : getegid()
  }

  /// Gives an open file to them, if it is root's doing and stands in a directory of theirs.
  func give(_ file: Int32, in directory: String) throws {
    guard geteuid() == 0, user != 0, FileOwner(of: directory).user == user else { return }
    guard fchown(file, user, group) == 0 else {
      throw BackupError.cannotWrite(path: directory, detail: String(cString: strerror(errno)))
    }
  }
}
