import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A file of the state directory that nobody else may read.
struct StateFile: Hashable, Sendable {
  var name: String
  /// Its permissions, without its kind.
  var mode: UInt32
  /// Whether it belongs to the directory's owner, who the daemon runs as.
  var isOwners: Bool

  /// What is wrong with it; nil where nothing is.
  var problem: String? {
    if mode & 0o077 != 0 { return "\(name) has mode \(String(mode, radix: 8)), which lets others at it" }
    if !isOwners { return "\(name) does not belong to the owner of the directory" }
    return nil
  }

  /// Those that are there: the database, the spool, and the keys.
  static func all(in directory: String) -> [StateFile] {
    var house = stat()
    guard stat(directory, &house) == 0 else { return [] }
    return (["mpesad.db", "mpesad.spool"] + StateKeys.all).compactMap { name in
      var status = stat()
      guard stat(directory + "/" + name, &status) == 0 else { return nil }
      return StateFile(name: name, mode: status.st_mode & 0o7777, isOwners: status.st_uid == house.st_uid)
    }
  }
}
