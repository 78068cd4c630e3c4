import Crypto
import Foundation
import NIOCore

#if canImport(Glibc)
  import Glibc
#endif

/// A spool of format 1, as mpesad 0.1 left it: read once, taken in, and removed.
///
/// Its records say nothing of their place, so that reading ends with the first one that is damaged. Its epoch counts as taken in only where
/// a later one was begun: a commit of unknown outcome may have noted it too early.
struct OldSpool {
  static let name = "emergency.spool"
  private static let mark = Array("mpesad spool 1\n\0".utf8)
  private static let checksumLength = 8

  let epoch: UInt64
  /// In order of arrival.
  private(set) var callbacks: [NewDelivery] = []

  /// Reads a file's bytes; nil where they are no such spool's.
  init?(_ bytes: ByteBuffer) {
    var buffer = bytes
    guard buffer.readBytes(length: Self.mark.count) == Self.mark, let epoch: UInt64 = buffer.readInteger() else {
      return nil
    }
    self.epoch = epoch
    buffer.moveReaderIndex(to: min(SpoolHeader.length, buffer.writerIndex))
    while let length: UInt32 = buffer.readInteger(), let sum = buffer.readBytes(length: Self.checksumLength),
      let record = buffer.readSlice(length: Int(length)), sum == Self.checksum(record, epoch: epoch),
      let callback = SpoolEntry.callback(record)
    {
      callbacks.append(callback)
    }
  }

  /// The one in a state directory; nil where there is none.
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)``.
  static func look(in directory: String) throws -> OldSpool? {
    let path = directory + "/" + name
    guard FileIdentity(path: path) != nil else { return nil }
    return try SpoolFile.readAll(path).flatMap { OldSpool($0) }
  }

  /// What the database does not have, where `taken` is the last epoch that it says it has.
  func waiting(behind taken: UInt64) -> [NewDelivery] { epoch >= taken ? callbacks : [] }

  private static func checksum(_ record: ByteBuffer, epoch: UInt64) -> [UInt8] {
    var hash = SHA256()
    withUnsafeBytes(of: epoch.bigEndian) { hash.update(bufferPointer: $0) }
    record.withUnsafeReadableBytes { hash.update(bufferPointer: $0) }
    return Array(hash.finalize().prefix(checksumLength))
  }
}
