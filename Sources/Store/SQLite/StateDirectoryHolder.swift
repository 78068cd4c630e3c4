import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// Which process has a state directory, found out without taking it.
public enum StateDirectoryHolder {
  /// The process; nil where nobody has it, or this user may not look.
  public static func process(in directory: String) -> Int32? {
    let file = open(directory + "/mpesad.lock", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = pread(file, &bytes, bytes.count, 0)
    let text = String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
    guard let process = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)), process > 0 else { return nil }
    // The number stays in the file when a daemon has stopped. Only where it is alive is the lock tried, so that a daemon which starts at this
    // moment does not find it taken.
    guard kill(process, 0) == 0 || errno == EPERM else { return nil }
    guard flock(file, LOCK_SH | LOCK_NB) != 0 else {
      flock(file, LOCK_UN)
      return nil
    }
    return process
  }
}
