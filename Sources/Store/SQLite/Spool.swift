import Crypto
import Foundation
import NIOCore
import Payments

#if canImport(Glibc)
  import Glibc
#endif

/// The emergency spool: space reserved beforehand, for callbacks that come while the database cannot commit.
///
/// One header page (mark, epoch), then records back to back. A record counts only if its checksum over epoch and content fits, so what an
/// earlier epoch left behind is never read again. Emptying it is one write: the next epoch. Used by the writer's thread alone.
final class Spool {
  private static let mark = Array("mpesad spool 1\n\0".utf8)
  private static let headerLength = 4_096
  private static let checksumLength = 8

  /// Grows by one each time the spool is emptied. The database notes which epoch it has taken in.
  private(set) var epoch: UInt64
  /// What this epoch holds, in order of arrival.
  private(set) var deliveries: [NewDelivery] = []
  /// True between the database's commit of this epoch and the start of the next; nothing may be added to it then.
  private(set) var isTaken = false
  /// Bytes that its deliveries take.
  var usedBytes: Int { isTaken ? 0 : end - Self.headerLength }
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
    guard reserved == 0 || existing > Self.headerLength, fsync(file) == 0 else {
      let reason = reserved == 0 ? errno : reserved
      Glibc.close(file)
      throw StoreError.cannotOpen(
        path: path, detail: "cannot reserve \(bytes) bytes: \(String(cString: strerror(reason)))", code: reason)
    }
    guard let content = Self.readAll(file, count: max(existing, reserved == 0 ? bytes : 0)) else {
      let reason = errno
      Glibc.close(file)
      throw StoreError.cannotOpen(
        path: path, detail: "cannot read it: \(String(cString: strerror(reason)))", code: reason)
    }
    descriptor = file
    capacity = reserved == 0 ? bytes : min(bytes, existing)
    end = Self.headerLength
    var header = ByteBuffer(bytes: content.prefix(Self.headerLength))
    if let mark = header.readBytes(length: Self.mark.count), mark == Self.mark,
      let stored: UInt64 = header.readInteger()
    {
      epoch = stored
      readRecords(ByteBuffer(bytes: content))
    } else {
      epoch = 0
    }
    if epoch <= takenEpoch {
      epoch = takenEpoch
      try clear()
    }
  }

  deinit { close(descriptor) }

  /// Appends deliveries and syncs them. All or nothing as far as this program remembers; false when there is no room or the disk fails.
  func append(_ new: [NewDelivery]) -> Bool {
    var buffer = ByteBuffer()
    for delivery in new { encode(delivery, into: &buffer) }
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
    end = Self.headerLength
    isTaken = false
  }

  private func write(header epoch: UInt64) throws {
    var buffer = ByteBuffer(bytes: Self.mark)
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

  /// The file's content, or nil when the disk fails to give it: what is in it may have been acknowledged, so less of it is not an answer.
  private static func readAll(_ file: Int32, count: Int) -> [UInt8]? {
    var content = [UInt8](repeating: 0, count: count)
    let done: Int? = content.withUnsafeMutableBytes { bytes in
      var done = 0
      while done < bytes.count {
        let count = pread(file, bytes.baseAddress.map { $0 + done }, bytes.count - done, off_t(done))
        if count < 0 && errno == EINTR { continue }
        if count < 0 { return nil }
        if count == 0 { break }
        done += count
      }
      return done
    }
    return done.map { Array(content.prefix($0)) }
  }

  private func readRecords(_ content: ByteBuffer) {
    var buffer = content
    buffer.moveReaderIndex(to: min(Self.headerLength, buffer.writerIndex))
    while let length: UInt32 = buffer.readInteger(), let sum = buffer.readBytes(length: Self.checksumLength),
      let record = buffer.readSlice(length: Int(length)), sum == checksum(record), let delivery = decode(record)
    {
      deliveries.append(delivery)
      end = buffer.readerIndex
    }
  }

  private func checksum(_ record: ByteBuffer) -> [UInt8] {
    var hash = SHA256()
    withUnsafeBytes(of: epoch.bigEndian) { hash.update(bufferPointer: $0) }
    record.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
    return Array(hash.finalize().prefix(Self.checksumLength))
  }

  private func encode(_ delivery: NewDelivery, into buffer: inout ByteBuffer) {
    var record = ByteBuffer()
    record.writeInteger(delivery.receivedAt)
    record.writeInteger(delivery.token?.number ?? -1)
    record.writeInteger(UInt16(clamping: delivery.source.utf8.count))
    record.writeBytes(delivery.source.utf8.prefix(Int(UInt16.max)))
    record.writeImmutableBuffer(delivery.body)
    buffer.writeInteger(UInt32(record.readableBytes))
    buffer.writeBytes(checksum(record))
    buffer.writeBuffer(&record)
  }

  private func decode(_ bytes: ByteBuffer) -> NewDelivery? {
    var record = bytes
    guard let receivedAt: Int64 = record.readInteger(), let token: Int64 = record.readInteger(),
      let length: UInt16 = record.readInteger(), let source = record.readString(length: Int(length))
    else { return nil }
    return NewDelivery(
      body: record.slice(), receivedAt: receivedAt, source: source, token: token < 0 ? nil : TransactionID(token))
  }
}
