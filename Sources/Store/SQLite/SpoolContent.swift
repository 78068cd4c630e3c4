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

  /// Reads an open file. Whatever it holds, what can be read of it is.
  /// - Returns: nil when the disk fails to give it: what is in it may have been acknowledged, so less of it is no answer.
  init?(_ file: Int32) {
    guard let head = SpoolFile.read(file, at: 0, count: SpoolHeader.length), let found = Self.allRecords(file) else {
      return nil
    }
    let header = SpoolHeader(head)
    hasHeader = header != nil
    identity = header?.identity
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

  /// Bytes that are looked at together.
  private static let windowLength = 4 * SpoolRecord.longest

  /// Every record that is whole, in the order of their places; nil when the disk fails.
  private static func allRecords(_ file: Int32) -> [SpoolRecord]? {
    var found: [SpoolRecord] = []
    var origin = SpoolHeader.length
    while true {
      guard let window = SpoolFile.read(file, at: origin, count: windowLength) else { return nil }
      let isLast = window.readableBytes < windowLength
      // A record that begins further behind may reach beyond the window: it is looked for in the next one.
      let end = origin + (isLast ? window.readableBytes : windowLength - SpoolRecord.longest)
      var position = origin
      while position < end {
        if let record = SpoolRecord(window, from: origin, at: position) {
          found.append(record)
          position = record.end.offset
        } else if let next = nextMark(window, from: position + 1 - origin) {
          position = origin + next
        } else {
          position = max(end, origin + window.readableBytes - SpoolRecord.mark.count)
        }
      }
      if isLast { return found }
      origin = position
    }
  }

  private static func nextMark(_ window: ByteBuffer, from start: Int) -> Int? {
    window.withUnsafeReadableBytes { all in
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
    try SpoolFile.look(at: path) { SpoolContent($0) }
  }
}
