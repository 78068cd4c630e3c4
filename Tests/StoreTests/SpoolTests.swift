import Foundation
import NIOCore
import Payments
import Testing

@testable import Store

#if canImport(Glibc)
  import Glibc
#endif

@Suite("SQLite, the spool")
struct SpoolTests {
  private static let size = 64 << 10
  /// The header page; records follow it.
  private static let headerLength = SpoolHeader.length

  private func use(_ body: (String) throws -> Void) throws {
    let directory = try TemporaryDirectory()
    defer { withExtendedLifetime(directory) {} }
    try body(directory.path + "/mpesad.spool")
  }

  private func spool(_ path: String, bytes: Int = size, taken: SpoolPosition? = nil) throws -> Spool {
    let spool = try Spool(path: path, bytes: bytes)
    spool.know(taken)
    return spool
  }

  private func overwrite(_ path: String, at offset: Int, _ bytes: [UInt8]) throws {
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    try file.seek(toOffset: UInt64(offset))
    try file.write(contentsOf: bytes)
    try file.close()
  }

  /// Where the records of a file begin, and where the last one ends.
  private func places(_ path: String) throws -> [Int] {
    let content = try #require(try SpoolContent.look(at: path))
    return content.records.map(\.start) + [content.end]
  }

  @Test("A new spool is empty, and its space is reserved")
  func new() throws {
    try use { path in
      let spool = try spool(path)
      #expect(spool.waiting.isEmpty)
      #expect(spool.usedBytes == 0 && spool.roomBytes == Self.size - Self.headerLength)
      #expect(spool.isInPlace)
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
        body: ByteBuffer(bytes: Array(0...255)), receivedAt: .max, source: "2001:db8::1",
        token: ProvenToken(TransactionID(.max), nonce: nil)),
      NewDelivery(
        body: ByteBuffer(bytes: [0xFF, 0xC0, 0]), receivedAt: -5, source: "é 💸",
        token: ProvenToken(TransactionID(0), nonce: Nonce(0))),
      NewDelivery(
        body: ByteBuffer(string: "{}"), receivedAt: 1, source: "::1",
        token: ProvenToken(TransactionID(7), nonce: Nonce(.max))),
      .numbered(7, bytes: 9_000),
    ]
    try use { path in
      #expect(try spool(path).append(Array(sent.prefix(2))))
      #expect(try spool(path).append(Array(sent.suffix(3))))
      let found = try spool(path).callbacks
      #expect(found.count == sent.count)
      for (left, right) in zip(found, sent) {
        #expect(left.body == right.body)
        #expect(left.receivedAt == right.receivedAt)
        #expect(left.source == right.source)
        #expect(left.token == right.token)
      }
    }
  }

  @Test("A push that was not sent is told as such")
  func unsentPush() throws {
    try use { path in
      #expect(
        try spool(path).append(
          [.callback(.numbered(1)), .unsentPush(TransactionID(41), createdAt: 77)] as [SpoolEntry]))
      let entries = try spool(path).waiting.map(\.entry)
      guard entries.count == 2, case .unsentPush(TransactionID(41), createdAt: 77) = entries[1] else {
        Issue.record("\(entries)")
        return
      }
    }
  }

  @Test("What the database has taken in is passed over, and what came behind it is not")
  func extent() throws {
    try use { path in
      let before = try spool(path)
      #expect(before.append([.numbered(1), .numbered(2)]))
      let taken = try #require(before.waiting.last?.end)
      // As after a commit of unknown outcome: the process goes on appending, and ends.
      #expect(before.append([.numbered(3)]))
      let after = try spool(path, taken: taken)
      #expect(after.numbers == [3])
      #expect(after.append([.numbered(4)]))
      #expect(try spool(path, taken: taken).numbers == [3, 4])
      #expect(try spool(path).numbers == [1, 2, 3, 4], "where the database knows nothing of it, all of it counts")
    }
  }

  @Test("Taken in part by part, it waits for the rest; taken in whole, it is filled from its beginning again")
  func taken() throws {
    try use { path in
      let spool = try spool(path)
      #expect(spool.append((0..<5).map { .numbered($0) }))
      spool.took(2)
      #expect(spool.numbers == [2, 3, 4])
      #expect(spool.append([.numbered(5)]))
      let last = try #require(spool.waiting.last?.end)
      spool.took(4)
      #expect(spool.waiting.isEmpty && spool.usedBytes == 0)
      // Of the same length as the first record of the epoch before: the others stand right behind it in the file.
      #expect(spool.append([.numbered(9)]))
      #expect(try self.spool(path, taken: last).numbers == [9])
      #expect(try self.spool(path).numbers == [9], "also where the database knows nothing: the header says so")
    }
  }

  @Test("A record that a crash tore is left out, and those before it are kept")
  func torn() throws {
    try use { path in
      let whole = try spool(path)
      #expect(whole.append([.numbered(1), .numbered(2)]))
      let end = try #require(try places(path).last)
      #expect(whole.append([.numbered(3, bytes: 600)]))
      for cut in [0, 1, 4, 11, 12, 40, 300, 599] {
        try overwrite(path, at: end + cut, [UInt8](repeating: 0, count: 700 - cut))
        #expect(try spool(path).numbers == [1, 2], "torn \(cut) bytes in")
      }
    }
  }

  @Test("A flipped bit costs the record that it is in, and no other; it is counted")
  func flipped() throws {
    try use { path in
      #expect(try spool(path).append((0..<3).map { .numbered($0) }))
      let content = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
      let places = try places(path)
      for position in places[1]..<places[2] {
        try overwrite(path, at: position, [content[position] ^ 0x10])
        let found = try spool(path)
        #expect(found.numbers == [0, 2], "bit in byte \(position - places[1]) of the second record")
        #expect(found.damage == (1, places[2] - places[1]))
        try overwrite(path, at: position, [content[position]])
      }
      let sound = try spool(path)
      #expect(sound.numbers == [0, 1, 2] && sound.damage == (0, 0))
    }
  }

  @Test("A header that is broken or gone hides nothing", arguments: [0, 5, 16, 24, 33])
  func brokenHeader(position: Int) throws {
    try use { path in
      #expect(try spool(path).append([.numbered(1), .numbered(2)]))
      try overwrite(path, at: position, [0xA5])
      #expect(try spool(path).numbers == [1, 2])
      #expect(try spool(path).append([.numbered(3)]))
      try overwrite(path, at: 0, [UInt8](repeating: 0, count: Self.headerLength))
      #expect(try spool(path).numbers == [1, 2, 3])
    }
  }

  @Test("After a torn record, new ones take its place")
  func appendedAfterTorn() throws {
    try use { path in
      #expect(try spool(path).append([.numbered(1)]))
      let end = try #require(try places(path).last)
      try overwrite(path, at: end, SpoolRecord.mark + [0, 0, 2, 0] + [UInt8](repeating: 0xAB, count: 300))
      #expect(try spool(path).append([.numbered(2)]))
      #expect(try spool(path).numbers == [1, 2])
    }
  }

  @Test("What an append that failed left behind is no damage, and does not come back behind a shorter one")
  func failedAppend() throws {
    try use { path in
      #expect(try spool(path).append([.numbered(0)]))
      let before = try Data(contentsOf: URL(fileURLWithPath: path))
      #expect(try spool(path).append([.numbered(1, bytes: 300), .numbered(2)]))
      let failed = try Data(contentsOf: URL(fileURLWithPath: path))
      // The same run goes on: its next append overwrites what the failed one wrote, as far as it reaches.
      try before.write(to: URL(fileURLWithPath: path))
      let running = try spool(path)
      try overwriteAll(path, failed)
      running.failedOnce()
      #expect(running.append([.numbered(3)]))
      let found = try spool(path)
      #expect(found.numbers == [0, 3] && found.damage == (0, 0))
    }
  }

  private func overwriteAll(_ path: String, _ content: Data) throws { try overwrite(path, at: 0, [UInt8](content)) }

  @Test("A spool that is full refuses, and keeps what it has")
  func full() throws {
    try use { path in
      let spool = try spool(path)
      var accepted: [Int] = []
      for number in 0..<1_000 where spool.append([.numbered(number, bytes: 1_000)]) { accepted.append(number) }
      #expect(accepted == Array(0..<accepted.count))
      #expect((54...62).contains(accepted.count))
      #expect(!spool.append([.numbered(1_000, bytes: 1_000)]))
      #expect(spool.append([] as [NewDelivery]), "nothing always fits")
      #expect(try self.spool(path).numbers == accepted)
      spool.took(accepted.count)
      #expect(spool.append([.numbered(5, bytes: 1_000)]), "and there is room again when it is taken in")
    }
  }

  @Test("A batch goes in whole or not at all")
  func allOrNothing() throws {
    try use { path in
      let spool = try spool(path)
      #expect(spool.append([.numbered(0, bytes: 40_000)]))
      #expect(!spool.append([.numbered(1, bytes: 1_000), .numbered(2, bytes: 30_000)]))
      #expect(spool.append([.numbered(3, bytes: 1_000)]))
      #expect(try self.spool(path).numbers == [0, 3])
    }
  }

  @Test("A smaller spool than before still gives back all that the larger one held")
  func shrunk() throws {
    try use { path in
      #expect(try spool(path).append((0..<50).map { .numbered($0, bytes: 1_000) }))
      for bytes in [8 << 10, 0] {
        let smaller = try spool(path, bytes: bytes)
        #expect(smaller.numbers == Array(0..<50))
        #expect(!smaller.append([.numbered(50)]), "its room is what was asked for now")
      }
      let smaller = try spool(path, bytes: 8 << 10)
      let taken = try #require(smaller.waiting.last?.end)
      smaller.took(50)
      #expect(smaller.append([.numbered(51)]))
      #expect(try spool(path, bytes: 8 << 10, taken: taken).numbers == [51])
    }
  }

  @Test("A spool that cannot grow serves with the space that it has, and gives back what it holds")
  func cannotGrow() throws {
    try use { path in
      #expect(try spool(path).append([.numbered(1)]))
      let same = try spool(path, bytes: 1 << 50)
      #expect(same.numbers == [1])
      #expect(same.append([.numbered(2, bytes: 50_000)]))
      #expect(!same.append([.numbered(3, bytes: 50_000)]), "it never writes where nothing is reserved")
      #expect(try spool(path).numbers == [1, 2])
    }
  }

  @Test("A file that was no spool becomes one")
  func foreignFile() throws {
    try use { path in
      try Data((0..<10_000).map { UInt8(truncatingIfNeeded: $0) }).write(to: URL(fileURLWithPath: path))
      let spool = try spool(path)
      #expect(spool.waiting.isEmpty)
      #expect(spool.append([.numbered(1)]))
      #expect(try self.spool(path).numbers == [1])
    }
  }

  @Test("Another spool's record, and one inside of a callback, is never taken for one")
  func forged() throws {
    try use { path in
      let other = path + ".other"
      #expect(try spool(other).append([.numbered(1), .numbered(2)]))
      let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: other)))
      let spool = try spool(path)
      #expect(spool.append([.numbered(7)]))
      let end = try #require(try places(path).last)
      try overwrite(path, at: end, Array(bytes[Self.headerLength...].prefix(20_000)))
      let body = ByteBuffer(bytes: Array("8;".utf8) + bytes[Self.headerLength..<Self.headerLength + 400])
      #expect(spool.append([NewDelivery(body: body, receivedAt: 0, source: "", token: nil)]))
      #expect(try self.spool(path).numbers == [7, 8])
    }
  }

  @Test("Random bytes behind the header are never taken for callbacks")
  func noise() throws {
    try use { path in
      _ = try spool(path)
      for _ in 0..<20 {
        try overwrite(path, at: Self.headerLength, (0..<2_000).map { _ in .random(in: 0...255) })
        #expect(try spool(path).waiting.isEmpty)
      }
      // A length that reaches beyond the file.
      try overwrite(path, at: Self.headerLength, SpoolRecord.mark + [0xFF, 0xFF, 0xFF, 0xFF])
      #expect(try spool(path).waiting.isEmpty)
    }
  }

  @Test("A spool whose file is removed or replaced says so")
  func displaced() throws {
    try use { path in
      let spool = try spool(path)
      try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
      #expect(!spool.isInPlace)
      try Data().write(to: URL(fileURLWithPath: path))
      #expect(!spool.isInPlace)
      try FileManager.default.removeItem(atPath: path)
      try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
      #expect(spool.isInPlace)
    }
  }

  @Test("A path that cannot be opened is an error that names it")
  func unopenable() throws {
    let error = try #require(throws: StoreError.self) { try spool("/proc/no/such/place") }
    #expect("\(error)".contains("/proc/no/such/place"))
  }
}
