import Daraja
import Payments
import Store
import Testing

@testable import Gateway

@Suite("Transactions as a list", .timeLimit(.minutes(1)))
struct TransactionListTests {
  static let path = "/api/payments/transactions/"

  @Test("Newest first, a page at a time, and only the caller's own")
  func pages() async throws {
    try await TestGateway.run { gateway in
      for id in 1...5 { gateway.store.add(try .example(id: Int64(id), createdBy: id == 3 ? "8" : "7")) }
      let token = try await TestGateway.token()
      let first = try await gateway.send("GET", Self.path + "?limit=2", token: token)
      #expect(first.status == 200)
      #expect(Self.ids(first) == [5, 4])
      let next = try #require(first.json["next"]?.text)
      let second = try await gateway.send("GET", Self.path + "?limit=2&after=\(next)", token: token)
      #expect(Self.ids(second) == [2, 1])
      #expect(second.json["next"] == .null)
      let staff = try await gateway.send("GET", Self.path, token: TestGateway.token(user: "1", staff: true))
      #expect(Self.ids(staff) == [5, 4, 3, 2, 1])
    }
  }

  @Test("The filters reach the ledger as they were meant")
  func filters() async throws {
    try await TestGateway.run { gateway in
      let answer = try await gateway.send(
        "GET",
        Self.path + "?status=failed&phone_number=0712%20345-678&receipt=NLJ7RT61SV&order_id=12"
          + "&checkout_request_id=ws_CO_1&created_from=2026-01-01T03:00:00%2B03:00&created_to=2026-01-02T00:00:00.5Z",
        token: TestGateway.token())
      #expect(answer.status == 200, "\(answer.body)")
      var wanted = TransactionFilter()
      wanted.status = .failed
      wanted.phone = try MSISDN("254712345678")
      wanted.receipt = Receipt("NLJ7RT61SV")
      wanted.order = OrderID(12)
      wanted.checkoutRequestID = "ws_CO_1"
      wanted.createdBy = "7"
      wanted.since = 1_767_225_600_000_000
      wanted.until = 1_767_312_000_500_000
      #expect(gateway.store.filters == [wanted])
    }
  }

  @Test(
    "An unknown or unusable parameter is named",
    arguments: [
      ("state=failed", "state"), ("status=done", "status"), ("status=", "status"), ("status", "status"),
      ("phone_number=12", "phone_number"), ("receipt=A%20B", "receipt"), ("receipt=%20AB", "receipt"),
      ("order_id=0", "order_id"), ("order_id=-1", "order_id"), ("order_id=1.0", "order_id"), ("limit=0", "limit"),
      ("limit=201", "limit"), ("limit=050", "limit"), ("after=x", "after"), ("after=99999999999999999999", "after"),
      ("checkout_request_id=", "checkout_request_id"), ("created_from=yesterday", "created_from"),
      ("created_from=2026-01-01T03:00:00+03:00", "created_from"), ("created_to=2026-02-30T00:00:00Z", "created_to"),
      ("created_to=2026-01-01", "created_to"), ("status=failed&status=failed", "status"), ("receipt=%FF", "receipt"),
    ])
  func unusable(query: String, parameter: String) async throws {
    try await TestGateway.run { gateway in
      let answer = try await gateway.send("GET", Self.path + "?" + query, token: TestGateway.token())
      #expect(answer.status == 422)
      #expect(answer.errorCode == "invalid_parameter")
      #expect(answer.errorField == parameter)
      #expect(gateway.store.filters.isEmpty)
    }
  }

  @Test("All facts of one, with its timeline; another user's is not there")
  func one() async throws {
    try await TestGateway.run { gateway in
      var transaction = try Transaction.example()
      gateway.store.commit(transaction, 10, .pushRequested)
      transaction.status = .failed
      transaction.reason = .cancelled
      transaction.resultCode = "1032"
      transaction.settledAt = TestGateway.now + 1_500
      gateway.store.commit(transaction, 12, .failed)
      gateway.store.commit(transaction, 13, .ruling, detail: "amina ruled failed: she saw the statement")
      let answer = try await gateway.send("GET", Self.path + "456/", token: TestGateway.token())
      #expect(answer.status == 200)
      #expect(answer.json["transaction"]?["payment_status"] == .string("failed"))
      #expect(answer.json["transaction"]?["settled_at"] == .string("2026-01-02T03:04:05.001Z"))
      guard case .array(let lines)? = answer.json["timeline"] else { throw Missing() }
      #expect(lines.map { $0["kind"]?.text } == ["push_requested", "failed", "ruling"])
      #expect(lines.map { $0["id"]?.text } == ["10", "12", "13"])
      #expect(lines[2]["detail"]?.text == "A person decided.", "what an operator wrote is for the house")
      let staff = try await gateway.send("GET", Self.path + "456/", token: TestGateway.token(user: "1", staff: true))
      #expect(staff.body.contains("she saw the statement"))
      let other = try await gateway.send("GET", Self.path + "456/", token: TestGateway.token(user: "8"))
      #expect(other.errorCode == "transaction_not_found")
    }
  }

  struct Missing: Error {}

  static func ids(_ answer: Answer) -> [Int] {
    guard case .array(let transactions)? = answer.json["transactions"] else { return [] }
    return transactions.compactMap { $0["transaction_id"]?.text.flatMap { Int($0) } }
  }
}

@Suite("Times as RFC 3339 has them")
struct InternetTimeTests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0), ("2026-01-02T03:04:05Z", 1_767_323_045_000_000),
    ("2026-01-02t06:04:05.000001+03:00", 1_767_323_045_000_001), ("2024-02-29T23:59:60Z", 1_709_251_200_000_000),
    ("1969-12-31T23:59:59.999999999Z", -1), ("0001-01-01T00:00:00Z", -62_135_596_800_000_000),
    ("9999-12-31T23:59:59-23:59", 253_402_387_139_000_000), ("2000-03-01T00:00:00Z", 951_868_800_000_000),
  ])
  func read(text: String, microseconds: Microseconds) {
    #expect(InternetTime.microseconds(text) == microseconds)
  }

  @Test(arguments: [
    "", "2026-01-02", "2026-01-02T03:04:05", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2025-02-29T00:00:00Z",
    "1900-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:61Z",
    "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00 03:00", "２０２６-01-01T00:00:00Z", "2026-01-01T00:00:00.Z",
  ])
  func refused(text: String) {
    #expect(InternetTime.microseconds(text) == nil)
  }
}
