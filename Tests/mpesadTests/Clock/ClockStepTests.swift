import Daraja
import Foundation
import GRDB
import Testing

@testable import mpesad

/// The real daemon, while its wall clock is set by an hour, a day and a year, forward and back: while it runs, and while it does not.
@Suite(
  .enabled(if: Requirement.met(FaultLibrary.compiler != nil), "needs clang or cc, to set the clock of one process"),
  .timeLimit(.minutes(5)))
struct ClockStepTests {
  private static let steps = [3_600, 86_400, 366 * 86_400].flatMap { [$0, -$0] }

  @Test(arguments: steps)
  func aStepHarmsNoPromptKeyScheduleOrByte(seconds: Int) async throws {
    try await SteppedShop.use { shop in
      let settled = try await KillTests.seed(shop.directory, 3)
      var payment = 0
      var orders: [Int] = []
      try await shop.serving { port in
        await CallbackClient(settled).post(to: port, connections: 1)
        #expect(try await KillTests.settles(shop.directory, within: .seconds(20)))
        orders = [try await shop.order(to: port), try await shop.order(to: port)]
        let first = try await shop.initiate(orders[0], key: "k-1", to: port)
        #expect(first.status == 200)
        payment = try shop.number(first, "transaction_id")
        try await Self.isAskedAgain(payment, shop)

        try shop.setClock(to: seconds)
        try await Self.everythingHolds(payment, orders, shop, port, "while it runs")
        try shop.setClock(to: 0)
        try await Self.everythingHolds(payment, orders, shop, port, "after the clock was put right")
      }
      try shop.setClock(to: seconds)
      try await shop.serving { port in
        try await Self.everythingHolds(payment, orders, shop, port, "before a start")
      }
      try shop.setClock(to: 0)
      try await shop.serving { port in
        try await Self.everythingHolds(payment, orders, shop, port, "before the next start")
      }
    }
  }

  /// The shop's first payment is live: its prompt, its key and its questions go on, and what was settled keeps its bytes.
  private static func everythingHolds(
    _ payment: Int, _ orders: [Int], _ shop: SteppedShop, _ port: Int, _ moment: String
  ) async throws {
    let comment = Comment(rawValue: moment)
    let again = try await shop.initiate(orders[0], key: "k-1", to: port)
    #expect(again.status == 200, comment)
    #expect(try shop.number(again, "transaction_id") == payment, comment)
    let open = try await shop.initiate(orders[0], to: port)
    #expect(open.status == 200, comment)
    #expect(try shop.number(open, "transaction_id") == payment, comment)
    let other = try await shop.initiate(orders[1], to: port)
    #expect(other.body["code"] == .string("phone_busy"), "\(moment): \(other)")
    #expect((other.retryAfter ?? .max) <= 120, "\(moment): \(other)")
    try await isAskedAgain(payment, shop, comment)
    let verified = try await shop.post("payments/transactions/\(payment)/verify/", "{}", to: port)
    #expect(verified.status == 200 || (verified.retryAfter ?? .max) <= 11, "\(moment): \(verified)")
    let bytes = try await LedgerView(directory: shop.directory).read { db in
      try Int.fetchOne(db, sql: "SELECT count(*) FROM inbox WHERE state = 'settled' AND length(body) > 100")
    }
    #expect(bytes == 3, comment)
  }

  /// Safaricom is asked about the payment within seconds.
  private static func isAskedAgain(_ payment: Int, _ shop: SteppedShop, _ comment: Comment? = nil) async throws {
    let ledger = try LedgerView(directory: shop.directory)
    func questions() async throws -> Int {
      try await ledger.read { db in
        try Int.fetchOne(db, sql: "SELECT queries FROM transactions WHERE id = ?", arguments: [payment]) ?? 0
      }
    }
    let before = try await questions()
    let end = ContinuousClock.now + .seconds(10)
    while try await questions() == before {
      guard ContinuousClock.now < end else {
        Issue.record("It is not asked about: \(comment?.rawValue ?? "at first")")
        return
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }
}
