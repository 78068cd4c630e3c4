import Daraja
import Foundation
import GRDB
import Payments
import Testing

@testable import Store

/// Lists are pages, newest first, found through indexes: a million rows more make no page slower.
@Suite("SQLite, looking through what was kept")
struct BrowsingTests {
  static let now: Microseconds = 1_795_512_600_000_000
  static let minute: Microseconds = 60_000_000

  private func use(_ body: (SQLiteStore) async throws -> Void) async throws {
    try await TemporaryDirectory.use { path in
      let store = try SQLiteStore(directory: path, logger: Journal().logger)
      try await body(store)
      await store.close()
    }
  }

  private static func filter(_ change: (inout TransactionFilter) throws -> Void) rethrows -> TransactionFilter {
    var filter = TransactionFilter()
    try change(&filter)
    return filter
  }

  /// One transaction a minute: of two users and three phones in turn, with five references; each fourth is paid, each fourth after it cancelled.
  private func fill(_ store: SQLiteStore, _ count: Int) async throws -> [Transaction] {
    var made: [Transaction] = []
    for number in 0..<count {
      let now = Self.now + Microseconds(number) * Self.minute
      let user = number.isMultiple(of: 2) ? "asha" : "juma"
      let order = try await store.createOrder(
        NewOrder(amount: Amount(cents: 100), description: "", reference: "A-\(number % 5)", createdBy: user), at: now)
      let opening = try await store.openPush(
        order: order.id, phone: try MSISDN("25470000000\(number % 3)"), createdBy: user,
        rules: AdmissionRules(promptLifetime: 1), firstQueryAt: now + Self.minute, at: now)
      guard case .opened(let transaction, _) = opening else {
        Issue.record("\(opening)")
        continue
      }
      let evidence: Evidence? =
        switch number % 4 {
        case 0:
          .callback(
            STKCallback(
              checkoutRequestID: "ws_CO_\(number)", resultCode: .success, amount: Amount(cents: 100),
              receipt: Receipt("RCPT\(number)")), .token)
        case 1: .callback(STKCallback(checkoutRequestID: "ws_CO_\(number)", resultCode: "1032"), .token)
        default: nil
        }
      if let evidence { _ = try await store.settle(transaction.id, with: evidence, nextQueryAt: nil, at: now) }
      made.append(try #require(try await store.transaction(transaction.id)))
    }
    return made
  }

  /// What is looked for, and which of the transactions of ``fill(_:_:)`` fit, by their number from 0.
  static func searches() throws -> [(TransactionFilter, @Sendable (Int) -> Bool)] {
    [
      (filter { _ in }, { _ in true }),
      (filter { $0.status = .completed }, { $0 % 4 == 0 }),
      (filter { $0.status = .review }, { _ in false }),
      (filter { $0.createdBy = "asha" }, { $0 % 2 == 0 }),
      (filter { $0.createdBy = "nobody" }, { _ in false }),
      (filter { ($0.createdBy, $0.status) = ("juma", .failed) }, { $0 % 4 == 1 }),
      (filter { ($0.createdBy, $0.status) = ("asha", .failed) }, { _ in false }),
      (try filter { $0.phone = try MSISDN("0700000001") }, { $0 % 3 == 1 }),
      (
        try filter { ($0.phone, $0.status, $0.createdBy) = (try MSISDN("0700000001"), .pending, "asha") },
        { $0 % 3 == 1 && $0 % 4 == 2 }
      ),
      (filter { $0.receipt = Receipt("RCPT8") }, { $0 == 8 }),
      (filter { $0.checkoutRequestID = "ws_CO_9" }, { $0 == 9 }),
      (filter { ($0.checkoutRequestID, $0.status) = ("ws_CO_9", .completed) }, { _ in false }),
      (filter { $0.order = OrderID(6) }, { $0 == 5 }),
      (filter { $0.reference = "A-3" }, { $0 % 5 == 3 }),
      (filter { $0.reference = "A" }, { _ in false }),
      (filter { ($0.reference, $0.status) = ("A-3", .completed) }, { $0 % 5 == 3 && $0 % 4 == 0 }),
      (filter { $0.since = now + 10 * minute }, { $0 >= 10 }),
      (filter { $0.until = now + 10 * minute }, { $0 < 10 }),
      (filter { ($0.since, $0.until) = (now + 5 * minute, now + 6 * minute) }, { $0 == 5 }),
      (
        filter { ($0.status, $0.since, $0.until) = (.failed, now + 5 * minute, now + 20 * minute) },
        { $0 % 4 == 1 && (5..<20).contains($0) }
      ),
    ]
  }

  @Test("A filter admits what it names and nothing else, newest first")
  func filters() async throws {
    try await use { store in
      let all = try await fill(store, 24)
      for (filter, fits) in try Self.searches() {
        let page = try await store.transactions(filter, after: nil, limit: 500)
        let wanted = (0..<24).reversed().filter(fits).map { all[$0] }
        #expect(page.transactions == wanted, "\(filter)")
        #expect(page.next == nil)
      }
    }
  }

  @Test("Pages follow one another without a gap or a repetition", arguments: [1, 5, 24, 25])
  func pages(size: Int) async throws {
    try await use { store in
      let all = try await fill(store, 24)
      var found: [TransactionID] = []
      var next: TransactionID?
      repeat {
        let page = try await store.transactions(TransactionFilter(), after: next, limit: size)
        #expect(page.transactions.count <= size)
        found += page.transactions.map(\.id)
        next = page.next
      } while next != nil
      #expect(found == all.reversed().map(\.id))
    }
  }

  @Test("Transactions of the same moment are parted by their numbers, and a page may begin between them")
  func sameMoment() async throws {
    try await use { store in
      let range = try await store.seedPendingTransactions(7)
      let first = try await store.transactions(TransactionFilter(), after: nil, limit: 3)
      let second = try await store.transactions(TransactionFilter(), after: first.next, limit: 500)
      #expect(first.transactions.map(\.id) + second.transactions.map(\.id) == range.numbers.reversed())
    }
  }

  @Test("A limit is kept within its bounds", arguments: [(0, 1), (-5, 1), (501, 500), (Int.max, 500)])
  func limits(asked: Int, given: Int) async throws {
    try await use { store in
      _ = try await store.seedPendingTransactions(600)
      let page = try await store.transactions(TransactionFilter(), after: nil, limit: asked)
      #expect(page.transactions.count == given && page.next != nil)
    }
  }

  @Test("No list of transactions looks through the table or sorts it, whatever it is filtered by")
  func transactionPlans() async throws {
    try await use { store in
      for bits in 0..<128 {
        for after in [nil, TransactionID(5)] {
          let filter = try Self.filter { filter in
            if bits & 1 != 0 { filter.status = .failed }
            if bits & 2 != 0 { filter.phone = try MSISDN("0700000001") }
            if bits & 4 != 0 { filter.createdBy = "asha" }
            if bits & 8 != 0 { filter.since = 1 }
            if bits & 16 != 0 { filter.until = 2 }
            if bits & 32 != 0 { filter.order = OrderID(1) }
            if bits & 64 != 0 { filter.reference = "A-17" }
          }
          let plan = try await store.read { db in
            let search = try TransactionSearch(filter, after: after, in: db)
            return try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + search.sql, arguments: search.arguments + [10])
              .map { $0["detail"] as String }
          }
          #expect(plan.allSatisfy { !$0.contains("SCAN") }, "\(filter): \(plan)")
          // The attempts of one order are few, and so are the orders of one reference.
          if filter.order == nil, filter.reference == nil {
            #expect(plan.allSatisfy { !$0.contains("TEMP") }, "\(filter): \(plan)")
          }
        }
      }
    }
  }

  @Test("The rules of admission and the counts still have their indexes")
  func otherPlans() async throws {
    try await use { store in
      for sql in [
        "SELECT id FROM transactions WHERE phone = '1' AND status = 'pending' AND created_at > 5",
        "SELECT count(*) FROM transactions WHERE status = 'pending'",
      ] {
        let plan = try await store.read { db in
          try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql).map { $0["detail"] as String }
        }
        #expect(plan.allSatisfy { $0.contains("SEARCH") }, "\(plan)")
      }
    }
  }
}

extension ClosedRange<TransactionID> {
  fileprivate var numbers: [TransactionID] { (lowerBound.number...upperBound.number).map { TransactionID($0) } }
}
