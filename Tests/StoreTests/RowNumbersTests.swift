import Daraja
import Foundation
import GRDB
import NIOCore
import Payments
import Synchronization
import Testing

@testable import Store

@Suite("SQLite, numbers that are never given out again")
struct RowNumbersTests {
  private static let now: Int64 = 1_795_512_600_000_000
  private static let shortest = RowNumbers.shortestJump
  private static let longest = RowNumbers.shortestJump + RowNumbers.spread + 1

  /// An order, a push, a callback and what follows, each of which takes a number.
  private static func work(_ store: SQLiteStore, phone: Int) async throws -> RowNumbers {
    let order = try await store.createOrder(
      NewOrder(amount: Amount(cents: 100), description: "x", reference: "y", createdBy: "7"), at: now)
    let opening = try await store.openPush(
      order: order.id, phone: try MSISDN("2547\(10_000_000 + phone)"), createdBy: "7", rules: AdmissionRules(),
      firstQueryAt: now, at: now)
    guard case .opened(let transaction, _) = opening else { throw StoreError.closed }
    let delivery = NewDelivery(
      body: ByteBuffer(string: "0;"), receivedAt: now, source: "10.0.0.1", token: transaction.token)
    guard case .stored(let id) = try await store.append(delivery) else { throw StoreError.closed }
    _ = try await store.conclude([(id, .quarantine(reason: "x"))], at: now)
    var numbers = try await store.read { try RowNumbers(givenOutBy: $0) }
    numbers.deliveries = id.number
    #expect(numbers.orders == order.id.number && numbers.transactions == transaction.id.number)
    return numbers
  }

  private static func open(_ path: String, _ told: Told = Told()) throws -> SQLiteStore {
    try SQLiteStore(directory: path) { told.add($0) }
  }

  /// What a store told.
  private final class Told: Sendable {
    private let notices = Mutex<[StoreNotice]>([])
    func add(_ notice: StoreNotice) { notices.withLock { $0.append(notice) } }
    var jumps: [RowNumbers] {
      notices.withLock { $0.compactMap { if case .copyInPlace(_, let next) = $0 { next } else { nil } } }
    }
  }

  /// A state directory with one of each, a backup of it, and `later` more of each.
  private static func prepared(_ path: String, later: Int) async throws -> (
    state: String, backup: String, last: RowNumbers
  ) {
    let (state, safe) = try BackupTests.rooms(in: path)
    let store = try open(state)
    var last = try await work(store, phone: 1)
    _ = try Backup(of: state, keys: [:], program: "test").write(to: safe + "/one.db", now: now)
    for number in 0..<later { last = try await work(store, phone: 2 + number) }
    await store.close()
    return (state, safe + "/one.db", last)
  }

  private static func restore(_ backup: String, into state: String, at moment: Int64 = now) throws
    -> Restoration.Summary
  {
    let restoration = try Restoration(of: backup, into: state)
    defer { restoration.end() }
    return try restoration.carryOut(now: moment)
  }

  private static func copy(_ backup: String, over state: String) throws {
    for ending in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: state + "/mpesad.db" + ending) }
    try FileManager.default.copyItem(atPath: backup, toPath: state + "/mpesad.db")
  }

  private static let all = [\RowNumbers.orders, \.transactions, \.deliveries, \.events]

  private static func expect(_ next: RowNumbers, behind last: RowNumbers, _ why: Comment) {
    for number in all {
      let step = next[keyPath: number] - last[keyPath: number]
      #expect(step > shortest && step <= longest, "\(number): \(why)")
    }
  }

  @Test("After a restore each kind goes on where it was said, behind the copy and behind what was replaced")
  func restored() async throws {
    try await TemporaryDirectory.use { path in
      let (state, backup, last) = try await Self.prepared(path, later: 5)
      let summary = try Self.restore(backup, into: state)
      let next = try #require(summary.next)
      Self.expect(next, behind: last, "the database that was replaced had given them out")
      #expect(summary.numbersUnknown == nil)
      let told = Told()
      for round in 0..<2 {
        let store = try Self.open(state, told)
        let used = try await Self.work(store, phone: 100 + round)
        #expect(used.orders == next.orders + Int64(round) && used.transactions == next.transactions + Int64(round))
        #expect(used.deliveries == next.deliveries + Int64(round))
        #expect(used.events == next.events + Int64(round))
        #expect(
          try await store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM marks WHERE name LIKE 'next %'") } == 0
        )
        await store.close()
      }
      #expect(told.jumps.isEmpty, "restore has done it")
    }
  }

  @Test("Two restores of one backup do not give out the same numbers")
  func twice() async throws {
    try await TemporaryDirectory.use { path in
      let (state, backup, _) = try await Self.prepared(path, later: 0)
      let first = try #require(try Self.restore(backup, into: state).next)
      let second = try #require(try Self.restore(backup, into: state, at: Self.now + 1_000_000).next)
      // Nothing was given out in between, and still they go on behind.
      for number in Self.all { #expect(second[keyPath: number] >= first[keyPath: number] + Self.shortest) }
    }
  }

  @Test("Behind what the spool names too, and at random where the database in place cannot be read")
  func spoolAndUnreadable() async throws {
    try await TemporaryDirectory.use { path in
      let (state, backup, last) = try await Self.prepared(path, later: 0)
      let named = TransactionID(50_000_000)
      let spool = try Spool(path: state + "/mpesad.spool", bytes: 1 << 20)
      let delivery = NewDelivery(
        body: ByteBuffer(string: "7;"), receivedAt: 1, source: "::1", token: ProvenToken(named, nonce: Nonce(7)))
      #expect(spool.append([.callback(delivery)]))
      try Data(repeating: 0x7A, count: 8_192).write(to: URL(fileURLWithPath: state + "/mpesad.db"))
      let summary = try Self.restore(backup, into: state)
      let next = try #require(summary.next)
      #expect(summary.numbersUnknown != nil)
      #expect(next.transactions > named.number + Self.shortest && next.orders > last.orders + Self.shortest)
      let store = try Self.open(state)
      try await store.tryWriting()
      let taken = try #require(try await store.received(after: nil, limit: 10).last)
      #expect(taken.id.number == next.deliveries && taken.token == delivery.token)
      await store.close()
    }
  }

  @Test("A backup that was put in place by hand is noticed once, and goes on behind a jump as well")
  func copied() async throws {
    try await TemporaryDirectory.use { path in
      let (state, backup, _) = try await Self.prepared(path, later: 3)
      try Self.copy(backup, over: state)
      let reader = try DatabaseFile.reader(backup)
      let held = try await reader.read { try RowNumbers(givenOutBy: $0) }
      try reader.close()
      // A backup of it, before anything has opened it, is one as well.
      _ = try Backup(of: state, keys: [:], program: "test").write(to: path + "/again.db", now: Self.now)

      let told = Told()
      for round in 0..<2 {
        let store = try Self.open(state, told)
        let next = try #require(told.jumps.first)
        Self.expect(next, behind: held, "it is all that is known")
        let used = try await Self.work(store, phone: 100 + round)
        for number in Self.all { #expect(used[keyPath: number] == next[keyPath: number] + Int64(round)) }
        #expect(try await store.read { try !$0.tableExists(BackupFacts.table) })
        await store.close()
      }
      #expect(told.jumps.count == 1)
    }
  }

  @Test("A jump that was not committed is still due, and one is due once")
  func undone() async throws {
    try await TemporaryDirectory.use { path in
      let store = try Self.open(path)
      var random = SystemRandomNumberGenerator()
      let next = try await store.read { try RowNumbers(givenOutBy: $0) }.behindJump(using: &random)
      try await store.write { try next.goOn(in: $0) }
      struct Undone: Error {}
      await #expect(throws: (any Error).self) {
        try await store.write { db in
          #expect(try RowNumbers.takeMark(of: "inbox", db) == next.deliveries)
          throw Undone()
        }
      }
      #expect(try await store.write { try RowNumbers.takeMark(of: "inbox", $0) } == next.deliveries)
      #expect(try await store.write { try RowNumbers.takeMark(of: "inbox", $0) } == nil)
      await store.close()
    }
  }

  @Test("Retention and the newest callback are found across the numbers that were left out")
  func acrossTheGap() async throws {
    try await TemporaryDirectory.use { path in
      let store = try Self.open(path)
      func deliver(at moment: Int64, token: ProvenToken?) async throws {
        let delivery = NewDelivery(body: ByteBuffer(string: "x"), receivedAt: moment, source: "::1", token: token)
        guard case .stored(let id) = try await store.append(delivery) else { throw StoreError.closed }
        try await store.write {
          try $0.execute(sql: "UPDATE inbox SET state = 'settled' WHERE id = ?", arguments: [id.number])
        }
      }
      try await deliver(at: 10, token: ProvenToken(TransactionID(1), nonce: nil))
      #expect(try await store.purgeDeliveries(receivedBefore: 100, limit: 10, at: 200).count == 1)
      var random = SystemRandomNumberGenerator()
      let next = try await store.read { try RowNumbers(givenOutBy: $0) }.behindJump(using: &random)
      try await store.write { try next.goOn(in: $0) }
      try await deliver(at: 20, token: nil)
      #expect(try await store.purgeDeliveries(receivedBefore: 100, limit: 10, at: 200).count == 1)
      let backlog = try await store.backlog()
      #expect(backlog.lastCallback == 10 && backlog.lastDelivery == 20)
      var filter = DeliveryFilter()
      filter.since = 15
      #expect(try await store.deliveries(filter, after: nil, limit: 10).deliveries.map(\.receivedAt) == [20])
      await store.close()
    }
  }
}
