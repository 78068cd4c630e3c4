/// One file as a disk knows it: what it holds for certain, and what was written and not synced since, of which it may hold any part.
struct DiskFile: Equatable {
  enum Effect: Equatable {
    case bytes(at: Int, [UInt8])
    case length(Int)
    /// A shorter file grows to this length, with zeros.
    case grown(to: Int)
  }

  struct Change: Equatable {
    /// The number of the call.
    let number: Int
    var effect: Effect
    /// The number of the newest call when it ended; nil while it runs.
    var ended: Int?
    /// A failed sync covered it: the kernel calls the pages clean, so a later sync does not write them.
    var isAbandoned = false
  }

  private(set) var synced: [UInt8]
  private(set) var unsynced: [Change] = []

  init(_ content: [UInt8] = []) { synced = content }

  /// What the running system reads.
  var visible: [UInt8] { content { [$0.effect] } }

  /// The file when only these effects of each unsynced change are on the disk.
  func content(keeping survivors: (Change) -> [Effect]) -> [UInt8] {
    var content = synced
    for change in unsynced { for effect in survivors(change) { Self.apply(effect, to: &content) } }
    return content
  }

  mutating func begin(_ number: Int, _ effect: Effect) { unsynced.append(Change(number: number, effect: effect)) }

  /// A call ended: what it did not do is undone. The `newest` call is the last that had begun then.
  mutating func end(_ number: Int, result: Int, newest: Int) {
    guard let index = unsynced.lastIndex(where: { $0.number == number }) else { return }
    guard result >= 0 else {
      unsynced.remove(at: index)
      return
    }
    unsynced[index].ended = newest
    if case .bytes(let offset, let bytes) = unsynced[index].effect, result < bytes.count {
      unsynced[index].effect = .bytes(at: offset, Array(bytes.prefix(result)))
    }
  }

  /// A sync that began with this number has ended well: what had ended before it began is on the disk.
  mutating func sync(begun number: Int) {
    var rest: [Change] = []
    for change in unsynced {
      guard let ended = change.ended, ended < number, !change.isAbandoned else {
        rest.append(change)
        continue
      }
      Self.apply(change.effect, to: &synced)
      rest = rest.flatMap { Self.without(change.effect, $0) }
    }
    unsynced = rest
  }

  /// A sync that began with this number has failed.
  mutating func failToSync(begun number: Int) {
    for index in unsynced.indices {
      if let ended = unsynced[index].ended, ended < number { unsynced[index].isAbandoned = true }
    }
  }

  /// What is left of an older change where a newer one is on the disk.
  private static func without(_ newer: Effect, _ older: Change) -> [Change] {
    guard case .bytes(let start, let bytes) = newer, case .bytes(let offset, let content) = older.effect else {
      return [older]
    }
    let covered = (start..<start + bytes.count).clamped(to: offset..<offset + content.count)
    guard !covered.isEmpty else { return [older] }
    var pieces: [Change] = []
    for range in [offset..<covered.lowerBound, covered.upperBound..<offset + content.count] where !range.isEmpty {
      var piece = older
      piece.effect = .bytes(at: range.lowerBound, Array(content[range.lowerBound - offset..<range.upperBound - offset]))
      pieces.append(piece)
    }
    return pieces
  }

  private static func apply(_ effect: Effect, to content: inout [UInt8]) {
    switch effect {
    case .bytes(let offset, let bytes):
      grow(&content, to: offset + bytes.count)
      content.withUnsafeMutableBytes { target in
        bytes.withUnsafeBytes { source in
          UnsafeMutableRawBufferPointer(rebasing: target[offset..<offset + source.count]).copyMemory(from: source)
        }
      }
    case .grown(let length): grow(&content, to: length)
    case .length(let length):
      grow(&content, to: length)
      content.removeLast(content.count - length)
    }
  }

  private static func grow(_ content: inout [UInt8], to length: Int) {
    if content.count < length { content += repeatElement(0, count: length - content.count) }
  }
}
