import Foundation
import NIOCore

#if canImport(Glibc)
  import Glibc
#endif

/// What a spool file holds: its header, and records back to back.
///
/// Reading goes on behind a damaged part with the next record that is whole; what was passed over is counted.
struct SpoolContent: Sendable {
  /// Which file it is; nil where it says so nowhere.
  private(set) var identity: UInt64?
  /// The epoch that is being filled.
  private(set) var epoch: UInt64 = 1
  /// What it holds and was not made void, in order of arrival.
  private(set) var records: [SpoolRecord] = []
  /// Where the next record of the epoch goes.
  private(set) var end = SpoolHeader.length
  /// The highest number of an append that was found.
  private(set) var append: UInt64 = 0
  /// Parts between two records, or before the first, that are no records: callbacks in them are lost.
  private(set) var damagedParts = 0
  private(set) var damagedBytes = 0
  /// Whether the header could be read.
  let hasHeader: Bool

  /// What was made void before the header could say so: records up to the extent that the database has taken in.
  func waiting(behind taken: SpoolPosition?) -> ArraySlice<SpoolRecord> {
    guard let taken else { return records[...] }
    return records.drop { $0.end <= taken }
  }

  /// Reads a file's bytes. Whatever they are, what can be read of them is.
  init(_ bytes: ByteBuffer) {
    let header = SpoolHeader(bytes)
    hasHeader = header != nil
    identity = header?.identity
    let found = Self.allRecords(bytes)
    if identity == nil { identity = found.first?.identity }
    let own = found.filter { $0.identity == identity && $0.end.epoch >= header?.epoch ?? 0 }
    epoch = max(header?.epoch ?? 1, own.map(\.end.epoch).max() ?? 1)
    append = own.map(\.append).max() ?? 0
    // Those of epochs before the last stand where the last one has not overwritten them.
    records = own.filter { $0.end.epoch < epoch }.sorted { $0.end < $1.end }
    var newest: UInt64 = 0
    for record in own where record.end.epoch == epoch && record.append >= newest {
      newest = record.append
      if record.start > end {
        damagedParts += 1
        damagedBytes += record.start - end
      }
      end = record.end.offset
      records.append(record)
    }
  }

  /// Every record that is whole, in the order of their places.
  private static func allRecords(_ bytes: ByteBuffer) -> [SpoolRecord] {
    var found: [SpoolRecord] = []
    var position = SpoolHeader.length
    while position < bytes.writerIndex {
      if let record = SpoolRecord(bytes, at: position) {
        found.append(record)
        position = record.end.offset
      } else if let next = nextMark(bytes, from: position + 1) {
        position = next
      } else {
        break
      }
    }
    return found
  }

  private static func nextMark(_ bytes: ByteBuffer, from start: Int) -> Int? {
    bytes.withUnsafeReadableBytes { all in
      var position = start
      while position < all.count, let base = all.baseAddress,
        let found = memchr(base + position, Int32(SpoolRecord.mark[0]), all.count - position)
      {
        position = UnsafeRawPointer(found) - base
        if all[position...].starts(with: SpoolRecord.mark) { return position }
        position += 1
      }
      return nil
    }
  }

  /// Looks into a spool file without touching it, also while a daemon uses it; nil where there is none.
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)``.
  static func look(at path: String) throws -> SpoolContent? {
    guard let bytes = try SpoolFile.readAll(path) else { return nil }
    return SpoolContent(bytes)
  }
}
