import Foundation
import NIOCore
import Payments

#if canImport(Glibc)
  import Glibc
#endif

/// The emergency spool: space reserved beforehand, for callbacks that come while the database cannot commit.
///
/// Emptying it is one write: the next epoch, which makes void what the file holds (see ``SpoolContent``). Used by the writer's thread alone.
final class Spool {
  /// Grows by one each time the spool is emptied. The database notes which epoch it has taken in.
  private(set) var epoch: UInt64
  /// What this epoch holds, in order of arrival.
  private(set) var deliveries: [NewDelivery] = []
  /// True between the database's commit of this epoch and the start of the next; nothing may be added to it then.
  private(set) var isTaken = false
  /// Bytes that its deliveries take.
  var usedBytes: Int { isTaken ? 0 : end - SpoolContent.headerLength }
  private let descriptor: Int32
  private let capacity: Int
  private var end: Int

  /// Opens or makes the spool and reads what a crash may have left in it.
  ///
  /// - Parameters:
  ///   - bytes: how much it may hold from now on, header included; with 0 it only gives back what it holds.
  ///   - takenEpoch: the last epoch that the database has; whatever the file holds of it is there already.
  init(path: String, bytes: Int, takenEpoch: UInt64) throws {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StoreError.cannotOpen(path: path, code: errno) }
    // What an earlier run left is read whole, also when it had more room than is asked for now. And when the disk is too full to reserve
    // more, what was reserved earlier still serves.
    let existing = max(Int(lseek(file, 0, SEEK_END)), 0)
    let reserved = bytes > 0 ? posix_fallocate(file, 0, off_t(bytes)) : 0
    guard reserved == 0 || existing > SpoolContent.headerLength, fsync(file) == 0 else {
      let reason = reserved == 0 ? errno : reserved
      Glibc.close(file)
      throw StoreError.cannotOpen(
        path: path, detail: "cannot reserve \(bytes) bytes: \(String(cString: strerror(reason)))", code: reason)
    }
    guard let content = SpoolContent.readAll(file, count: max(existing, reserved == 0 ? bytes : 0)) else {
      let reason = errno
      Glibc.close(file)
      throw StoreError.cannotOpen(
        path: path, detail: "cannot read it: \(String(cString: strerror(reason)))", code: reason)
    }
    descriptor = file
    capacity = reserved == 0 ? bytes : min(bytes, existing)
    let held = SpoolContent(content)
    epoch = held?.epoch ?? 0
    deliveries = held?.deliveries ?? []
    end = held?.end ?? SpoolContent.headerLength
    if epoch <= takenEpoch {
      epoch = takenEpoch
      try clear()
    }
  }

  deinit { close(descriptor) }

  /// Appends deliveries and syncs them. All or nothing as far as this program remembers; false when there is no room or the disk fails.
  func append(_ new: [NewDelivery]) -> Bool {
    var buffer = ByteBuffer()
    for delivery in new { SpoolContent.encode(delivery, epoch: epoch, into: &buffer) }
    guard !isTaken, end + buffer.readableBytes <= capacity, write(buffer, at: end), fdatasync(descriptor) == 0 else {
      return false
    }
    end += buffer.readableBytes
    deliveries += new
    return true
  }

  /// The database has committed what it holds, under this epoch.
  func taken() {
    isTaken = true
    deliveries = []
  }

  /// Begins the next epoch, which makes what the file holds void.
  func clear() throws {
    try write(header: epoch + 1)
    epoch += 1
    deliveries = []
    end = SpoolContent.headerLength
    isTaken = false
  }

  private func write(header epoch: UInt64) throws {
    var buffer = ByteBuffer(bytes: SpoolContent.mark)
    buffer.writeInteger(epoch)
    guard write(buffer, at: 0), fdatasync(descriptor) == 0 else {
      throw StoreError.unavailable(detail: "the spool cannot be written: \(String(cString: strerror(errno)))")
    }
  }

  private func write(_ buffer: ByteBuffer, at start: Int) -> Bool {
    buffer.withUnsafeReadableBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = pwrite(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(start + done))
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { return false }
        done += count
      }
      return true
    }
  }
}
