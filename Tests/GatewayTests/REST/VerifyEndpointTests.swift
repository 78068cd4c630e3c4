import Payments
import Reconciliation
import Testing

@testable import Gateway

@Suite("Verifying a payment by hand", .timeLimit(.minutes(1)))
struct VerifyEndpointTests {
  static let path = "/api/payments/transactions/456/verify/"

  @Test("Safaricom is asked, and the answer is like that of check_mpesa_status")
  func asked() async throws {
    try await TestGateway.run { gateway in
      gateway.store.add(try .example())
      gateway.asking.onAsk { id in
        guard var paid = try? Transaction.example() else { return }
        #expect(id == paid.id)
        paid.status = .completed
        paid.flags = .receiptMissing
        gateway.store.add(paid)
      }
      let token = try await TestGateway.token()
      let answer = try await gateway.send("POST", Self.path, token: token)
      #expect(answer.status == 200)
      #expect(answer.json["transaction"]?["payment_status"] == .string("completed"))
      let status = try await gateway.send(
        "GET", "/api/payments/transactions/456/check_mpesa_status/", token: token)
      #expect(answer.body == status.body)
    }
  }

  @Test(
    "A payment that is over is answered from what is known", arguments: [PaymentStatus.completed, .failed, .review])
  func over(status: PaymentStatus) async throws {
    try await TestGateway.run { gateway in
      var transaction = try Transaction.example()
      transaction.status = status
      transaction.reason = status == .review ? .amountMismatch : nil
      gateway.store.add(transaction)
      gateway.asking.onAsk { _ in Issue.record("nobody is to be asked") }
      let answer = try await gateway.send("POST", Self.path, token: TestGateway.token())
      #expect(answer.status == 200)
      #expect(answer.json["transaction"]?["payment_status"] == .string(status.rawValue))
    }
  }

  @Test("One that nobody answered for is asked about again")
  func unanswered() async throws {
    try await TestGateway.run { gateway in
      var transaction = try Transaction.example()
      transaction.status = .review
      transaction.reason = .unanswered
      gateway.store.add(transaction)
      gateway.asking.answer(.later(in: 1))
      #expect(try await gateway.send("POST", Self.path, token: TestGateway.token()).errorCode == "query_later")
    }
  }

  static let refusals: [(AskOutcome, String, String?)] = [
    (.later(in: 4_200_000), "query_later", "5"), (.failed, "store_unavailable", "10"),
    (.notConfigured("mpesa_passkey"), "receive_only", nil),
  ]

  @Test("Not now: 503 that says when, or what is wrong", arguments: refusals)
  func refused(outcome: AskOutcome, code: String, retryAfter: String?) async throws {
    try await TestGateway.run { gateway in
      gateway.store.add(try .example())
      gateway.asking.answer(outcome)
      let answer = try await gateway.send("POST", Self.path, token: TestGateway.token())
      #expect(answer.status == 503)
      #expect(answer.errorCode == code)
      #expect(answer.headers["retry-after"] == retryAfter)
      #expect(!answer.body.contains("passkey"), "what is missing is the operator's business")
    }
  }

  @Test("Another user's payment is not there")
  func notOwned() async throws {
    try await TestGateway.run { gateway in
      gateway.store.add(try .example())
      gateway.asking.onAsk { _ in Issue.record("nobody is to be asked") }
      let answer = try await gateway.send("POST", Self.path, token: TestGateway.token(user: "8"))
      #expect(answer.errorCode == "transaction_not_found")
    }
  }
}
