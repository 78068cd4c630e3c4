import Foundation
import NIOCore

#if canImport(Glibc)
  import Glibc
#endif

/// Disk space set aside beforehand, for callbacks that come while the database cannot commit. Used by the writer's thread alone.
///
/// What was taken in is known by the extent that the database notes in the same commit (``SpoolMarks``), not by anything that is written
/// here: so a commit that failed, one whose outcome is unknown, and one that succeeded leave the same file, and appending goes on behind it.
/// An append whose write or sync failed is overwritten by the next one.
final class Spool {
  /// Which file it is.
  let identity: UInt64
  /// Bytes that it may fill, header included.
  let capacity: Int
  /// What is in it and the database has not taken in, in order of arrival.
  private(set) var waiting: ArraySlice<SpoolRecord>
  /// What was found damaged when it was opened: parts, and their bytes.
  let damage: (parts: Int, bytes: Int)

  private let path: String
  private let descriptor: Int32
  private let file: FileIdentity
  private var epoch: UInt64
  private var end: Int
  private var appends: UInt64
  /// The epoch in the file's header. It may be behind: the database's extent counts, and the next write brings it up to date.
  private var headerEpoch: UInt64

  /// The part of the room that callbacks which prove nothing may take: a quarter. Anybody can post them, and where they could fill all of it
  /// Safaricom's would be refused. A quarter of the standard 16 MiB holds some 6,000 results.
  static let unprovenShare = 4
  /// Bytes of this epoch that callbacks took which prove nothing.
  private var unprovenBytes = 0
  /// Bytes that such callbacks may still take.
  var unprovenRoom: Int { max(roomBytes / Self.unprovenShare - unprovenBytes, 0) }

  /// Bytes that records take, those included that wait for nothing but for the others to be taken in.
  var usedBytes: Int { waiting.isEmpty ? 0 : end - SpoolHeader.length }
  /// Bytes that records may take.
  var roomBytes: Int { max(capacity - SpoolHeader.length, 0) }

  /// Opens or makes a spool and reads what an earlier run left in it.
  ///
  /// - Parameter bytes: how much it may hold from now on, header included; with 0 it only gives back what it holds.
  /// - Throws: ``StoreError/cannotOpen(path:detail:code:)``.
  init(path: String, bytes: Int) throws {
    let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard opened >= 0 else { throw StoreError.cannotOpen(path: path, code: errno) }
    do {
      guard let status = FileIdentity(opened) else { throw StoreError.cannotOpen(path: path, code: errno) }
      // What an earlier run left is read whole, also when it had more room than is asked for now. And when the disk is too full to reserve
      // more, what was reserved earlier still serves.
      let existing = max(Int(lseek(opened, 0, SEEK_END)), 0)
      let reserved = bytes > 0 ? SpoolFile.reserve(bytes, of: opened) : 0
      guard reserved == 0 || existing > SpoolHeader.length, SpoolFile.sync(opened) else {
        let reason = reserved == 0 ? errno : reserved
        throw StoreError.cannotOpen(
          path: path, detail: "cannot reserve \(bytes) bytes: \(String(cString: strerror(reason)))", code: reason)
      }
      guard let content = SpoolContent(opened) else { throw StoreError.cannotOpen(path: path, code: errno) }
      self.path = path
      descriptor = opened
      file = status
      capacity = reserved == 0 ? bytes : min(bytes, existing)
      identity = content.identity ?? UInt64.random(in: 1...UInt64(Int64.max))
      epoch = content.epoch
      end = content.end
      appends = content.append
      waiting = content.records[...]
      unprovenBytes = content.records.lazy.filter(\.entry.provesNothing).reduce(0) { $0 + $1.length }
      damage = (content.damagedParts, content.damagedBytes)
      headerEpoch = content.hasHeader ? content.epoch : 0
      if !content.hasHeader, capacity > 0 {
        guard writeHeader() else { throw StoreError.cannotOpen(path: path, code: errno) }
      }
    } catch {
      close(opened)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// Whether the file is still found under its name: what is written into one that is not would be lost with this process.
  var isInPlace: Bool { FileIdentity(path: path) == file }

  /// The database has been opened and says how far it has taken this file in.
  func know(_ taken: SpoolPosition?) {
    guard let taken else { return }
    waiting = waiting.drop { $0.end <= taken }
    // An earlier copy of the file may have been put back: nothing new may stand where the database has been already.
    if (SpoolPosition(epoch: epoch, offset: end)) < taken {
      epoch = taken.epoch
      end = taken.offset
    }
    if waiting.isEmpty { beginEpoch() }
  }

  /// Appends entries and syncs them. All or nothing as far as this program remembers; false when there is no room or the disk fails.
  func append(_ entries: [SpoolEntry]) -> Bool {
    var buffer = ByteBuffer()
    var records: [SpoolRecord] = []
    for entry in entries {
      let start = end + buffer.readableBytes
      SpoolRecord.encode(entry, identity: identity, epoch: epoch, start: start, append: appends + 1, into: &buffer)
      records.append(
        SpoolRecord(
          entry: entry, identity: identity, end: SpoolPosition(epoch: epoch, offset: end + buffer.readableBytes),
          start: start, append: appends + 1))
    }
    appends += 1
    guard end + buffer.readableBytes <= capacity else { return false }
    guard SpoolFile.write(buffer, to: descriptor, at: end), SpoolFile.sync(descriptor) else { return false }
    end += buffer.readableBytes
    waiting += records
    unprovenBytes += records.lazy.filter(\.entry.provesNothing).reduce(0) { $0 + $1.length }
    return true
  }

  /// The database has committed the first `count` of what waited, with their extent.
  func took(_ count: Int) {
    waiting = waiting.dropFirst(count)
    if waiting.isEmpty { beginEpoch() }
  }

  /// Fills the file from its beginning again: the database has all of it. If the header cannot be written, nothing is lost by that; it is
  /// written again with the next epoch.
  private func beginEpoch() {
    guard end > SpoolHeader.length || headerEpoch != epoch else { return }
    if end > SpoolHeader.length { epoch += 1 }
    end = SpoolHeader.length
    waiting = []
    unprovenBytes = 0
    _ = writeHeader()
  }

  private func writeHeader() -> Bool {
    let header = SpoolHeader(identity: identity, epoch: epoch)
    guard SpoolFile.write(header.bytes, to: descriptor, at: 0), SpoolFile.sync(descriptor) else { return false }
    headerEpoch = epoch
    return true
  }
}
