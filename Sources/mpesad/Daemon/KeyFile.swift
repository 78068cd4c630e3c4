import Crypto
import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// A key that is made once, kept in the state directory with mode 0600, and never leaves the host.
enum KeyFile {
  /// Bytes in a key: as many as the HMAC-SHA-256 tags and tokens made with it have.
  static let length = 32

  /// The key in this file; made and synced first where there is none.
  /// - Throws: ``DaemonError/keyFile(path:detail:)``.
  static func key(at path: String) throws -> SymmetricKey {
    if let key = try existing(at: path) { return key }
    let key = SymmetricKey(size: .bits256)
    try keep(key, at: path)
    return key
  }

  /// The key in this file; nil where there is none.
  /// - Throws: ``DaemonError/keyFile(path:detail:code:)``.
  static func existing(at path: String) throws -> SymmetricKey? {
    guard access(path, F_OK) == 0 || errno != ENOENT else { return nil }
    guard let bytes = FileManager.default.contents(atPath: path) else {
      throw DaemonError.keyFile(path: path, detail: "it cannot be read")
    }
    guard bytes.count == length else {
      throw DaemonError.keyFile(path: path, detail: "it holds \(bytes.count) bytes where \(length) are expected")
    }
    return SymmetricKey(data: bytes)
  }

  /// Makes the file with this key, where there is none. Written beside its place and renamed, so that a power cut leaves the whole key or none. Made by root in the directory of another
  /// user, it is that user's: a command before the first start must not keep the daemon from reading it.
  /// - Throws: ``DaemonError/keyFile(path:detail:code:)``.
  static func keep(_ key: SymmetricKey, at path: String) throws {
    guard access(path, F_OK) != 0 else { return }
    let directory = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw failure(path) }
    defer { close(directory) }
    var owner = stat()
    guard fstat(directory, &owner) == 0 else { throw failure(path) }
    let temporary = path + ".new"
    let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    let bytes = key.withUnsafeBytes { Array($0) }
    guard geteuid() != 0 || fchown(descriptor, owner.st_uid, owner.st_gid) == 0 else { throw failure(path) }
    guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0, rename(temporary, path) == 0
    else { throw failure(path) }
    guard fsync(directory) == 0 else { throw failure(path) }
  }

  private static func failure(_ path: String) -> DaemonError {
    .keyFile(path: path, detail: String(cString: strerror(errno)), code: errno)
  }
}
