import Daraja
import Foundation
import Payments
import Testing

@testable import Store

/// A disk that is really full: a small file system in memory.
@Suite(
  "SQLite, a full disk", .serialized,
  .enabled(if: SmallDisk.mayMount || SmallDisk.isRequired, "a small disk cannot be mounted here: that needs root"))
struct FullDiskTests {
  enum Relief: String, CaseIterable { case fileDeleted, diskGrown }

  private static let options = SQLiteOptions(spoolBytes: 4 << 20)

  /// Appends bursts until several are refused, and returns the accepted and the refused in their order.
  private func fill(_ store: SQLiteStore) async throws -> (accepted: [Int], spooled: Int, refused: Int) {
    var accepted: [Int] = []
    var (spooled, refused, next) = (0, 0, 0)
    while refused < 200, next < 20_000 {
      let answers = Answers()
      for number in next..<next + 50 { store.append(.numbered(number, bytes: 4_000), then: answers.answer(number)) }
      next += 50
      let counts = await answers.wait(for: 50)
      #expect(counts.answers == 50)
      accepted += counts.stored.union(counts.spooled).sorted()
      spooled += counts.spooled.count
      refused += counts.refused.count
      for error in counts.refused.values {
        guard case .unavailable(let detail) = error else {
          Issue.record("refused with \(error)")
          continue
        }
        #expect(detail.contains("full") || detail.contains("I/O"), "\(detail)")
      }
    }
    return (accepted, spooled, refused)
  }

  /// What a power cut would leave: the files without the shared memory, as they are between two attempts of the writer's.
  private func image(of path: String, in directory: String) throws -> String {
    let names = ["mpesad.db", "mpesad.db-wal", "mpesad.spool"]
    func stamps() throws -> [Date?] {
      try names.map { try FileManager.default.attributesOfItem(atPath: "\(path)/\($0)")[.modificationDate] as? Date }
    }
    let copy = directory + "/image"
    for _ in 0..<50 {
      try? FileManager.default.removeItem(atPath: copy)
      try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: false)
      let before = try stamps()
      for name in names { try FileManager.default.copyItem(atPath: "\(path)/\(name)", toPath: "\(copy)/\(name)") }
      if try stamps() == before { return copy }
    }
    Issue.record("the files never stood still")
    return copy
  }

  private func waiting(in store: SQLiteStore, reaches count: Int) async throws -> [Int] {
    for _ in 0..<500 {
      let numbers = try await store.waitingNumbers()
      if numbers.count >= count { return numbers }
      try await Task.sleep(for: .milliseconds(20))
    }
    return try await store.waitingNumbers()
  }

  @Test(
    "Nothing is accepted without durable bytes, and with space again all of it is settled without a restart",
    .timeLimit(.minutes(1)), arguments: Relief.allCases)
  func fullAndRelieved(relief: Relief) async throws {
    try await TemporaryDirectory.use { path in
      let disk = try SmallDisk(inside: path, options: relief == .fileDeleted ? "size=42m" : "size=16m")
      defer { disk.unmount() }
      // What must come free: the spool's size in the log, and the log's size in the database.
      let ballast = disk.path + "/ballast"
      if relief == .fileDeleted { try Data(count: 26 << 20).write(to: URL(fileURLWithPath: ballast)) }
      let store = try SQLiteStore(directory: disk.path, options: Self.options, logger: Journal().logger)
      let order = try await store.createOrder(
        NewOrder(amount: Amount(cents: 100), description: "", reference: "", createdBy: ""), at: 0)
      let opening = try await store.openPush(
        order: order.id, phone: try MSISDN("254712345678"), createdBy: "", rules: AdmissionRules(), firstQueryAt: 1,
        at: 0)
      guard case .opened(let transaction, _) = opening else {
        Issue.record("\(opening)")
        return
      }

      let (accepted, spooled, refused) = try await fill(store)
      #expect(spooled > 500, "a 4 MiB spool holds about a thousand")
      #expect(refused >= 200)
      #expect(accepted == accepted.sorted())

      // A power cut now would lose nothing of it.
      let afterCut = try SQLiteStore(
        directory: try image(of: disk.path, in: path), options: Self.options, logger: Journal().logger)
      #expect(try await waiting(in: afterCut, reaches: accepted.count) == accepted)
      await afterCut.close()

      switch relief {
      case .fileDeleted: try FileManager.default.removeItem(atPath: ballast)
      case .diskGrown: try disk.remount(options: "size=64m")
      }
      #expect(try await waiting(in: store, reaches: accepted.count) == accepted, "in order, and once")

      let settled = try await store.settle(
        transaction.id, with: .queryAnswer(.result("0", description: nil)), nextQueryAt: nil, at: 2)
      #expect(settled?.decision.transaction.status == .completed)
      #expect(try await store.order(order.id)?.paidBy == transaction.id)
      guard case .stored = try await store.append(.numbered(1_000_000)) else {
        Issue.record("not stored, though there is space")
        return
      }
      await store.close()
      let reopened = try SQLiteStore(directory: disk.path, options: Self.options, logger: Journal().logger)
      #expect(try await reopened.waitingNumbers() == accepted + [1_000_000])
      await reopened.close()
    }
  }

  @Test(
    "Started on a disk that is full, it takes callbacks into the spool, and all of them into the database as soon as there is room"
  )
  func startedFull() async throws {
    try await TemporaryDirectory.use { path in
      let disk = try SmallDisk(inside: path, options: "size=16m")
      defer { disk.unmount() }
      let first = try SQLiteStore(directory: disk.path, options: Self.options, logger: Journal().logger)
      var (accepted, _, _) = try await fill(first)
      await first.close()
      let journal = Journal()
      // It asks for a larger spool than there is room for; what was reserved must serve.
      let second = try SQLiteStore(
        directory: disk.path, options: SQLiteOptions(spoolBytes: 8 << 20, needsDatabase: false), logger: journal.logger)
      for number in 100_000..<100_010 {
        do {
          _ = try await second.append(.numbered(number, bytes: 100))
          accepted.append(number)
        } catch let error as StoreError {
          // The run before may have filled the spool to its end.
          guard case .unavailable = error else {
            Issue.record("\(error)")
            return
          }
        }
      }
      try disk.remount(options: "size=64m")
      try await second.whenOpen()
      #expect(try await waiting(in: second, reaches: accepted.count) == accepted)
      await second.close()
    }
  }
}
