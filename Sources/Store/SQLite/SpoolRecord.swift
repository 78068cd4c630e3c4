import Crypto
import Foundation
import NIOCore

#if canImport(Glibc)
  import Glibc
#endif

/// How far a spool was filled or taken in: an epoch, and the offset in the file behind the last record.
///
/// An epoch alone does not do: callbacks are appended to an epoch that a commit of unknown outcome may have taken in up to some record.
struct SpoolPosition: Hashable, Comparable, Sendable {
  /// Grows by one each time the file is filled from its beginning again.
  var epoch: UInt64
  /// In bytes from the beginning of the file.
  var offset: Int

  static func < (left: SpoolPosition, right: SpoolPosition) -> Bool {
    (left.epoch, left.offset) < (right.epoch, right.offset)
  }
}

/// One record of a spool file: a head that says which file, epoch and place it was written for, a checksum over all of it, and the payload.
///
/// A record is known by itself. What is damaged in front of it, in the file's header too, does not hide it; and bytes of an earlier epoch,
/// of another file or inside of a callback are never taken for one.
struct SpoolRecord: Sendable {
  static let mark = Array("mpS2".utf8)
  static let headLength = 48
  private static let checksumLength = 8

  var entry: SpoolEntry
  /// Which spool file it was written for: a number drawn when the file was made.
  var identity: UInt64
  /// Where it ends.
  var end: SpoolPosition
  /// Where it begins in the file.
  var start: Int
  /// In bytes.
  var length: Int { end.offset - start }
  /// Which append of the file's wrote it. An append that failed may leave records behind; the next one, of a higher number, overwrites only
  /// what it needs.
  var append: UInt64

  init(entry: SpoolEntry, identity: UInt64, end: SpoolPosition, start: Int, append: UInt64) {
    self.entry = entry
    self.identity = identity
    self.end = end
    self.start = start
    self.append = append
  }

  /// Writes a record that begins at `start`.
  static func encode(
    _ entry: SpoolEntry, identity: UInt64, epoch: UInt64, start: Int, append: UInt64, into buffer: inout ByteBuffer
  ) {
    var payload = ByteBuffer()
    entry.encode(into: &payload)
    var place = ByteBuffer()
    place.writeInteger(UInt32(payload.readableBytes))
    place.writeInteger(identity)
    place.writeInteger(epoch)
    place.writeInteger(UInt64(start))
    place.writeInteger(append)
    buffer.writeBytes(mark)
    buffer.writeImmutableBuffer(place)
    buffer.writeBytes(checksum(place.readableBytesView, payload.readableBytesView))
    buffer.writeBuffer(&payload)
  }

  /// Bytes of a record at most: a callback has 64 KiB and some.
  static let longest = 1 << 20

  /// Reads the record that begins at `start` of a file; nil where none does.
  /// - Parameters:
  ///   - window: bytes of the file, which hold the record whole if there is one.
  ///   - origin: where they begin in the file.
  init?(_ window: ByteBuffer, from origin: Int, at start: Int) {
    guard let head = window.getSlice(at: start - origin, length: Self.headLength),
      head.readableBytesView.starts(with: Self.mark)
    else { return nil }
    var place = head
    place.moveReaderIndex(forwardBy: Self.mark.count)
    let placed = place.readableBytesView.prefix(36)
    guard let length: UInt32 = place.readInteger(), let identity: UInt64 = place.readInteger(),
      let epoch: UInt64 = place.readInteger(), let offset: UInt64 = place.readInteger(),
      let append: UInt64 = place.readInteger(), offset == UInt64(start),
      let sum = place.readBytes(length: Self.checksumLength),
      Int(length) <= Self.longest - Self.headLength,
      let payload = window.getSlice(at: start - origin + Self.headLength, length: Int(length)),
      sum == Self.checksum(placed, payload.readableBytesView),
      // A copy: else one record that waits would keep all that was read with it.
      let entry = SpoolEntry(ByteBuffer(bytes: payload.readableBytesView))
    else { return nil }
    self.entry = entry
    self.identity = identity
    self.start = start
    self.append = append
    end = SpoolPosition(epoch: epoch, offset: start + Self.headLength + Int(length))
  }

  private static func checksum(_ place: ByteBufferView, _ payload: ByteBufferView) -> [UInt8] {
    var hash = SHA256()
    place.withUnsafeBytes { hash.update(bufferPointer: $0) }
    payload.withUnsafeBytes { hash.update(bufferPointer: $0) }
    return Array(hash.finalize().prefix(checksumLength))
  }
}
