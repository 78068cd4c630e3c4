import Crypto
import Foundation
import NIOCore
import Payments

#if canImport(Glibc)
  import Glibc
#endif

/// What a spool file holds: one header page (mark, epoch), then records back to back.
///
/// A record counts only if its checksum over epoch and content fits, so what an earlier epoch left behind, or a write under way, is never
/// taken for one.
struct SpoolContent {
  static let mark = Array("mpesad spool 1\n\0".utf8)
  static let headerLength = 4_096
  private static let checksumLength = 8

  let epoch: UInt64
  /// In order of arrival.
  private(set) var deliveries: [NewDelivery] = []
  /// Where the next record goes.
  private(set) var end = headerLength

  /// Reads a file's bytes; nil where they are no spool's.
  init?(_ bytes: [UInt8]) {
    var buffer = ByteBuffer(bytes: bytes)
    guard let mark = buffer.readBytes(length: Self.mark.count), mark == Self.mark,
      let stored: UInt64 = buffer.readInteger()
    else { return nil }
    epoch = stored
    buffer.moveReaderIndex(to: min(Self.headerLength, buffer.writerIndex))
    while let length: UInt32 = buffer.readInteger(), let sum = buffer.readBytes(length: Self.checksumLength),
      let record = buffer.readSlice(length: Int(length)), sum == Self.checksum(record, epoch: epoch),
      let delivery = Self.decode(record)
    {
      deliveries.append(delivery)
      end = buffer.readerIndex
    }
  }

  /// Looks into the spool of a state directory without touching it, also while a daemon uses it; nil where there is none.
  /// - Throws: ``StoreError/cannotOpen(path:detail:)``.
  static func look(in directory: String) throws -> SpoolContent? {
    let path = directory + "/emergency.spool"
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw StoreError.cannotOpen(path: path, detail: String(cString: strerror(errno)))
    }
    defer { close(file) }
    guard let bytes = readAll(file, count: max(Int(lseek(file, 0, SEEK_END)), 0)) else {
      throw StoreError.cannotOpen(path: path, detail: "cannot read it: \(String(cString: strerror(errno)))")
    }
    return SpoolContent(bytes)
  }

  /// The file's content, or nil when the disk fails to give it: what is in it may have been acknowledged, so less of it is not an answer.
  static func readAll(_ file: Int32, count: Int) -> [UInt8]? {
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

  /// Writes one record of an epoch.
  static func encode(_ delivery: NewDelivery, epoch: UInt64, into buffer: inout ByteBuffer) {
    var record = ByteBuffer()
    record.writeInteger(delivery.receivedAt)
    record.writeInteger(delivery.token?.number ?? -1)
    record.writeInteger(UInt16(clamping: delivery.source.utf8.count))
    record.writeBytes(delivery.source.utf8.prefix(Int(UInt16.max)))
    record.writeImmutableBuffer(delivery.body)
    buffer.writeInteger(UInt32(record.readableBytes))
    buffer.writeBytes(checksum(record, epoch: epoch))
    buffer.writeBuffer(&record)
  }

  private static func checksum(_ record: ByteBuffer, epoch: UInt64) -> [UInt8] {
    var hash = SHA256()
    withUnsafeBytes(of: epoch.bigEndian) { hash.update(bufferPointer: $0) }
    record.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
    return Array(hash.finalize().prefix(checksumLength))
  }

  private static func decode(_ bytes: ByteBuffer) -> NewDelivery? {
    var record = bytes
    guard let receivedAt: Int64 = record.readInteger(), let token: Int64 = record.readInteger(),
      let length: UInt16 = record.readInteger(), let source = record.readString(length: Int(length))
    else { return nil }
    return NewDelivery(
      body: record.slice(), receivedAt: receivedAt, source: source, token: token < 0 ? nil : TransactionID(token))
  }
}
