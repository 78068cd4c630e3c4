import AsyncHTTPClient
import DarajaSimulator
import Foundation
import Payments
import Reconciliation
import Testing

@testable import Store
@testable import mpesad

/// The real daemon and a local Daraja after an outage: 300 stale payments wait, and the shop is open.
@Suite(.serialized, .timeLimit(.minutes(10))) struct AfterOutageTests {
  /// Every wait of the simulator and of the daemon is this share of itself, but for the patience of verify, which stays 5 s. `TEST_PACE=1` plays
  /// in real time, with the sandbox's one question in 12 s.
  static let pace = ProcessInfo.processInfo.environment["TEST_PACE"].flatMap(Double.init) ?? 0.2
  static let shoppers = 3

  private struct Answer {
    var status: Int
    var retryAfter: Int?
    var payment: String?
    var seconds: Double
  }

  @Test func aShopperWhoVerifiesIsAnsweredAndTheBacklogGoesOn() async throws {
    // Longer than the first attempts of the schedule, so that whatever settles the payment was asked for.
    let schedule = [120.0, 240, 480, 960].map { "\($0)" }.joined(separator: ", ")
    try await WebHouse.use(pace: Self.pace, settings: [.querySchedule: schedule]) { house in
      let store = house.daemon.store
      let stale = try await store.seedPendingTransactions(300)
      let now = Timing.system.now()
      try await store.write { db in
        try db.execute(
          sql: "UPDATE transactions SET created_at = ?, next_query_at = ?",
          arguments: [now - 3 * 3_600_000_000, now - 2 * 3_600_000_000])
      }
      let token = try await house.daemon.access.issuer(now: Timing.system.now).token(
        user: "7", lifetime: .seconds(3_600))
      let http = HTTPClient(eventLoopGroupProvider: .singleton)
      let shop = ShopClient(http: http, baseURL: house.baseURL, token: token)
      var answers: [Answer] = []
      var (told, kept) = (0, 0)
      for shopper in 0..<Self.shoppers {
        let phone = "25470837414\(shopper)"
        try await house.simulator.program(phone: phone, story: .callbackNever)
        let order = try await shop.createOrder(amount: "1500.00", description: "Lamps", reference: "A-\(shopper)")
        let (_, transaction) = try await shop.prompt(order: order, phone: phone)
        let end = ContinuousClock.now + .seconds(150 * Self.pace + 20)
        while ContinuousClock.now < end {
          let answer = try await verify(transaction, house, token, http)
          answers.append(answer)
          if answer.payment == "completed" { break }
          guard answer.status == 503, let wait = answer.retryAfter else {
            try await Task.sleep(for: .seconds(3 * Self.pace))
            continue
          }
          told += 1
          try await Task.sleep(for: .seconds(wait))
          let again = try await verify(transaction, house, token, http)
          if again.status == 200, again.seconds < 0.5 { kept += 1 }
          if again.payment == "completed" {
            answers.append(again)
            break
          }
        }
        #expect(answers.last?.payment == "completed", "shopper \(shopper)")
      }
      try await http.shutdown()
      let longest = answers.map(\.seconds).max() ?? 0
      let fresh = answers.count { $0.status == 200 }
      #expect(longest < 5.5)
      #expect(answers.allSatisfy { $0.status == 200 || ($0.status == 503 && $0.retryAfter != nil) })
      #expect(kept == told, "whoever comes back when told to is answered at once")
      let refused = await house.simulator.events.count { $0.kind == .queryRefused }
      let asked = try await store.read { db in
        try Int.fetchOne(
          db, sql: "SELECT count(*) FROM transactions WHERE queries > 0 AND id BETWEEN ? AND ?",
          arguments: [stale.lowerBound.number, stale.upperBound.number])
      }
      #expect((asked ?? 0) > 0, "the backlog goes on")
      #expect(refused == asked, "the local Daraja knows none of the stale ones, and was never asked too fast")
      print(
        """
        pace \(Self.pace): \(answers.count) times verified by \(Self.shoppers) shoppers, \(fresh) with the fresh state, \(told) told to come \
        again, \(kept) of them answered at once then; longest \(longest) s; \(asked ?? 0) of 300 stale ones asked about
        """)
    }
  }

  private func verify(_ id: Int64, _ house: WebHouse, _ token: String, _ http: HTTPClient) async throws -> Answer {
    struct Body: Decodable {
      struct Payment: Decodable { var payment_status: String }
      var transaction: Payment?
    }
    var request = HTTPClientRequest(url: house.baseURL + "/api/payments/transactions/\(id)/verify/")
    request.method = .POST
    request.headers = ["Authorization": "JWT \(token)"]
    let start = ContinuousClock.now
    let response = try await http.execute(request, timeout: .seconds(60))
    let bytes = Data(try await response.body.collect(upTo: 1 << 20).readableBytesView)
    let (seconds, attoseconds) = (ContinuousClock.now - start).components
    return Answer(
      status: Int(response.status.code), retryAfter: response.headers.first(name: "retry-after").flatMap { Int($0) },
      payment: try? JSONDecoder().decode(Body.self, from: bytes).transaction?.payment_status,
      seconds: Double(seconds) + Double(attoseconds) / 1e18)
  }
}
