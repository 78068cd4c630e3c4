import Foundation
import GRDB
import Synchronization

@testable import Store

#if canImport(Glibc)
  import Glibc
#endif

/// A writer with its database and spool, where a test can make the database fail as a full disk does, and let it recover.
final class WriterRig: Sendable {
  let path: String
  var pool: DatabasePool { database.pool }
  private let database: OpenDatabase
  let writer: Writer
  let journal = Journal()
  private let counter = Announced()

  init(path: String, options: SQLiteOptions = SQLiteOptions(spoolBytes: 1 << 20)) throws {
    self.path = path
    let place = SpoolPlace(directory: path)
    let spool = options.spoolBytes > 0 ? try SQLiteOpening.spool(place, bytes: options.spoolBytes) : nil
    let counter = counter
    writer = Writer(
      committer: Committer(spool: spool, tell: journal.tell), options: options,
      reports: Writer.Reports(tell: journal.tell, committed: { counter.add($0) }))
    database = try SQLiteOpening.open(
      place, options: options, reports: Checkpointer.Reports(tell: journal.tell, end: { [writer] in writer.end($0) }))
    writer.adopt(database)
  }

  /// How many deliveries were announced as committed.
  var announcedDeliveries: Int { counter.count }

  private final class Announced: Sendable {
    private let total = Mutex(0)
    var count: Int { total.withLock { $0 } }
    func add(_ deliveries: Int) { total.withLock { $0 += deliveries } }
  }

  /// No page may be added to the database from now on: commits that need one fail with SQLITE_FULL.
  func fillUp() async throws {
    try await pool.writeWithoutTransaction { db in
      let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
      try db.execute(sql: "PRAGMA max_page_count = \(pages)")
    }
  }

  func makeRoom() async throws {
    try await pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA max_page_count = 1073741823") }
  }

  func append(_ delivery: NewDelivery) async throws -> Acceptance {
    try await withCheckedThrowingContinuation { continuation in
      writer.append(WriteQueue.Append(delivery: delivery) { continuation.resume(with: $0) })
    }
  }

  func appendAll(_ deliveries: [NewDelivery]) async -> Answers.Counts {
    let answers = Answers()
    for delivery in deliveries {
      writer.append(WriteQueue.Append(delivery: delivery, then: answers.answer(delivery.number)))
    }
    return await answers.wait(for: deliveries.count)
  }

  /// The numbers in the inbox, by row.
  func inbox() async throws -> [Int] {
    try await pool.read { db in
      let rows = try Data.fetchAll(db, sql: "SELECT body FROM inbox ORDER BY id")
      return rows.map { Int(String(decoding: $0.prefix { $0 != UInt8(ascii: ";") }, as: UTF8.self)) ?? -1 }
    }
  }

  /// Waits until the inbox holds so many rows; the writer tries again four times a second.
  func inbox(reaches count: Int) async throws -> [Int] {
    for _ in 0..<200 {
      let found = try await inbox()
      if found.count >= count { return found }
      try await Task.sleep(for: .milliseconds(20))
    }
    return try await inbox()
  }

  /// Does it, again and again while the writer still refuses: after a failure it tries the database only at intervals.
  func onceItCommits(_ body: () async throws -> Void) async throws {
    for _ in 0..<200 {
      do { return try await body() } catch StoreError.unavailable { try await Task.sleep(for: .milliseconds(20)) }
    }
    try await body()
  }

  func stop() throws { writer.stop() }

  /// Makes every write to the spool's open file fail, by putting a descriptor that may only read in its place.
  func breakSpool() throws {
    let target = path + "/mpesad.spool"
    let reader = open(target, O_RDONLY | O_CLOEXEC)
    guard reader >= 0 else { throw CocoaError(.fileNoSuchFile) }
    defer { close(reader) }
    try Self.replace(target, with: reader, except: reader)
  }

  func mendSpool() throws {
    let target = path + "/mpesad.spool"
    let writable = open(target, O_RDWR | O_CLOEXEC)
    guard writable >= 0 else { throw CocoaError(.fileNoSuchFile) }
    defer { close(writable) }
    try Self.replace(target, with: writable, except: writable)
  }

  private static func replace(_ path: String, with descriptor: Int32, except: Int32) throws {
    for name in try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") {
      guard let number = Int32(name), number != except,
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(name)"), target == path
      else { continue }
      dup2(descriptor, number)
      _ = fcntl(number, F_SETFD, FD_CLOEXEC)
    }
  }
}
