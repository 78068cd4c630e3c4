import Crypto
import Foundation
import NIOCore

#if canImport(Glibc)
  import Glibc
#endif

/// A spool of format 1, as mpesad 0.1 left it: read once, taken in, and put aside.
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
    let bytes = try SpoolFile.look(at: path) { file in
      SpoolFile.read(file, at: 0, count: max(Int(lseek(file, 0, SEEK_END)), 0))
    }
    guard let bytes else { return nil }
    guard let spool = OldSpool(bytes) else {
      throw StoreError.cannotOpen(
        path: path, detail: "its header is damaged, and without it no callback in it can be told from older ones")
    }
    return spool
  }

  /// Gives it another name: it is taken in, as far as it could be read.
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)``.
  static func putAside(in directory: String) throws {
    let path = directory + "/" + name
    guard rename(path, path + ".taken") == 0 else { throw StoreError.cannotOpen(path: path, code: errno) }
    try DirectorySync.sync(directory)
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
