import Foundation
import NIOCore
import Payments
import Testing

@testable import Store

#if canImport(Glibc)
  import Glibc
#endif

@Suite("SQLite, the emergency spool")
struct SpoolTests {
  private static let size = 64 << 10
  /// The header page; records follow it.
  private static let headerLength = 4_096

  private func use(_ body: (String) throws -> Void) throws {
    let directory = try TemporaryDirectory()
    defer { withExtendedLifetime(directory) {} }
    try body(directory.path + "/emergency.spool")
  }

  private func spool(_ path: String, bytes: Int = size, taken: UInt64 = 0) throws -> Spool {
    try Spool(path: path, bytes: bytes, takenEpoch: taken)
  }

  private func overwrite(_ path: String, at offset: UInt64, _ bytes: [UInt8]) throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.seek(toOffset: offset)
    try file.write(contentsOf: bytes)
    try file.close()
  }

  @Test("A new spool is empty, of its full size, and of the first epoch")
  func new() throws {
    try use { path in
      let spool = try spool(path)
      #expect(spool.deliveries.isEmpty)
      #expect(spool.epoch == 1)
      #expect(!spool.isTaken)
      var status = stat()
      #expect(stat(path, &status) == 0)
      #expect(status.st_size == Self.size)
      #expect(status.st_blocks * 512 >= Self.size, "the space is reserved, not promised")
    }
  }

  @Test("What was appended is there after opening again, in order and to the byte")
  func reopened() throws {
    let sent = [
      NewDelivery(body: ByteBuffer(), receivedAt: 0, source: "", token: nil),
      NewDelivery(
        body: ByteBuffer(bytes: Array(0...255)), receivedAt: .max, source: "2001:db8::1", token: TransactionID(.max)),
      NewDelivery(body: ByteBuffer(bytes: [0xFF, 0xC0, 0]), receivedAt: -5, source: "é 💸", token: TransactionID(0)),
      .numbered(7, bytes: 9_000),
    ]
    try use { path in
      #expect(try spool(path).append(Array(sent.prefix(2))))
      #expect(try spool(path).append(Array(sent.suffix(2))))
      let found = try spool(path).deliveries
      #expect(found.count == 4)
      for (left, right) in zip(found, sent) {
        #expect(left.body == right.body)
        #expect(left.receivedAt == right.receivedAt)
        #expect(left.source == right.source)
        #expect(left.token == right.token)
      }
    }
  }

  @Test("Clearing it begins the next epoch, and what was there is never read again")
  func cleared() throws {
    try use { path in
      let first = try spool(path)
      #expect(first.append([.numbered(1), .numbered(2), .numbered(3)]))
      try first.clear()
      #expect(first.epoch == 2)
      #expect(first.deliveries.isEmpty)
      // Of the same length as the first record of the epoch before: the second and third stand right behind it in the file.
      #expect(first.append([.numbered(9)]))
      let reopened = try spool(path, taken: 1)
      #expect(reopened.epoch == 2)
      #expect(reopened.deliveries.map(\.number) == [9])
    }
  }

  @Test("A record that a crash tore is left out, and those before it are kept")
  func torn() throws {
    try use { path in
      let whole = try spool(path)
      #expect(whole.append([.numbered(1), .numbered(2)]))
      let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(whole.append([.numbered(3, bytes: 600)]))
      let end = try #require(bytes.lastIndex { $0 != 0 }) + 1
      for cut in [0, 1, 4, 11, 12, 40, 300, 599] {
        try overwrite(path, at: UInt64(end + cut), [UInt8](repeating: 0, count: 700 - cut))
        #expect(try spool(path).deliveries.map(\.number) == [1, 2], "torn \(cut) bytes in")
      }
    }
  }

  @Test("A flipped bit in a record ends the reading there")
  func flipped() throws {
    try use { path in
      let whole = try spool(path)
      #expect(whole.append((0..<3).map { .numbered($0) }))
      let content = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      let length = (try #require(content.lastIndex { $0 != 0 }) + 1 - Self.headerLength) / 3
      for offset in 0..<length {
        let position = Self.headerLength + length + offset
        try overwrite(path, at: UInt64(position), [content[position] ^ 0x10])
        #expect(try spool(path).deliveries.map(\.number) == [0], "bit in byte \(offset) of the second record")
        try overwrite(path, at: UInt64(position), [content[position]])
      }
      #expect(try spool(path).deliveries.map(\.number) == [0, 1, 2])
    }
  }

  @Test("After a torn record, new ones take its place")
  func appendedAfterTorn() throws {
    try use { path in
      #expect(try spool(path).append([.numbered(1)]))
      let end = try #require([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))).lastIndex { $0 != 0 }) + 1
      try overwrite(path, at: UInt64(end), [0, 0, 2, 0] + [UInt8](repeating: 0xAB, count: 300))
      #expect(try spool(path).append([.numbered(2)]))
      #expect(try spool(path).deliveries.map(\.number) == [1, 2])
    }
  }

  @Test("What the database has taken is void, also when the program stopped before clearing")
  func takenButNotCleared() throws {
    try use { path in
      let before = try spool(path)
      #expect(before.append([.numbered(1)]))
      before.taken()
      #expect(before.isTaken)
      #expect(!before.append([.numbered(2)]), "nothing may join an epoch that is taken")
      let after = try spool(path, taken: before.epoch)
      #expect(after.deliveries.isEmpty)
      #expect(after.epoch == before.epoch + 1)
      #expect(after.append([.numbered(3)]))
      #expect(try spool(path, taken: before.epoch).deliveries.map(\.number) == [3])
    }
  }

  @Test("A fresh spool beside a database that has taken epoch 5 begins with epoch 6")
  func freshBesideOldDatabase() throws {
    try use { path in
      let fresh = try spool(path, taken: 5)
      #expect(fresh.epoch == 6)
      #expect(fresh.append([.numbered(1)]))
      let reopened = try spool(path, taken: 5)
      #expect(reopened.epoch == 6)
      #expect(reopened.deliveries.map(\.number) == [1])
    }
  }

  @Test("A spool that is full refuses, and keeps what it has")
  func full() throws {
    try use { path in
      let spool = try spool(path)
      var accepted: [Int] = []
      for number in 0..<1_000 where spool.append([.numbered(number, bytes: 1_000)]) { accepted.append(number) }
      #expect(accepted == Array(0..<accepted.count))
      #expect((55...62).contains(accepted.count))
      #expect(!spool.append([.numbered(1_000, bytes: 1_000)]))
      #expect(spool.append([]), "nothing always fits")
      #expect(try self.spool(path).deliveries.map(\.number) == accepted)
      try spool.clear()
      #expect(spool.append([.numbered(5, bytes: 1_000)]), "and there is room again after clearing")
    }
  }

  @Test("A batch goes in whole or not at all")
  func allOrNothing() throws {
    try use { path in
      let spool = try spool(path)
      #expect(spool.append([.numbered(0, bytes: 40_000)]))
      #expect(!spool.append([.numbered(1, bytes: 1_000), .numbered(2, bytes: 30_000)]))
      #expect(spool.append([.numbered(3, bytes: 1_000)]))
      #expect(try self.spool(path).deliveries.map(\.number) == [0, 3])
    }
  }

  @Test("A smaller spool than before still gives back all that the larger one held")
  func shrunk() throws {
    try use { path in
      let sent = (0..<50).map { NewDelivery.numbered($0, bytes: 1_000) }
      #expect(try spool(path).append(sent))
      for bytes in [8 << 10, 0] {
        let smaller = try spool(path, bytes: bytes)
        #expect(smaller.deliveries.map(\.number) == Array(0..<50))
        #expect(!smaller.append([.numbered(50)]), "its room is what was asked for now")
      }
      let smaller = try spool(path, bytes: 8 << 10)
      try smaller.clear()
      #expect(smaller.append([.numbered(51)]))
      #expect(try spool(path, bytes: 8 << 10, taken: 1).deliveries.map(\.number) == [51])
    }
  }

  @Test("A spool that cannot grow serves with the space that it has, and gives back what it holds")
  func cannotGrow() throws {
    try use { path in
      #expect(try spool(path).append([.numbered(1)]))
      let same = try spool(path, bytes: 1 << 50)
      #expect(same.deliveries.map(\.number) == [1])
      #expect(same.append([.numbered(2, bytes: 50_000)]))
      #expect(!same.append([.numbered(3, bytes: 50_000)]), "it never writes where nothing is reserved")
      #expect(try spool(path).deliveries.map(\.number) == [1, 2])
    }
  }

  @Test("A file that was no spool becomes one")
  func foreignFile() throws {
    try use { path in
      try Data((0..<10_000).map { UInt8(truncatingIfNeeded: $0) }).write(to: URL(fileURLWithPath: path))
      let spool = try spool(path)
      #expect(spool.deliveries.isEmpty)
      #expect(spool.append([.numbered(1)]))
      #expect(try self.spool(path).deliveries.map(\.number) == [1])
    }
  }

  @Test("Random bytes behind the header are never taken for deliveries")
  func noise() throws {
    try use { path in
      _ = try spool(path)
      for _ in 0..<20 {
        try overwrite(path, at: UInt64(Self.headerLength), (0..<2_000).map { _ in .random(in: 0...255) })
        #expect(try spool(path).deliveries.isEmpty)
      }
      // A length that reaches beyond the file.
      try overwrite(path, at: UInt64(Self.headerLength), [0xFF, 0xFF, 0xFF, 0xFF])
      #expect(try spool(path).deliveries.isEmpty)
    }
  }

  @Test("A path that cannot be opened is an error that names it")
  func unopenable() throws {
    let error = try #require(throws: StoreError.self) { try spool("/proc/no/such/place") }
    #expect("\(error)".contains("/proc/no/such/place"))
  }
}
