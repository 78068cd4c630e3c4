import Daraja
import Payments
import Store
import Testing

@Suite(.timeLimit(.minutes(1))) struct StatusEndpointTests {
  private static let path = "/api/payments/transactions/456/check_mpesa_status/"

  @Test func aCompletedPaymentAnswersAsTheGuideSays() async throws {
    try await TestGateway.run { gateway in
      var transaction = try Transaction.example()
      transaction.status = .completed
      transaction.receipt = Receipt("NLJ7RT61SV")
      transaction.resultCode = .success
      transaction.resultDescription = "The service request is processed successfully."
      transaction.flags = [.lateSuccess]
      gateway.store.add(transaction)
      gateway.asking.onAsk { _ in Issue.record("a settled payment was asked about") }
      let answer = try await gateway.send("GET", Self.path, token: try await TestGateway.token())
      #expect(answer.status == 200)
      #expect(
        answer.body
          == #"{"transaction":{"transaction_id":456,"payment_status":"completed","mpesa_receipt_number":"NLJ7RT61SV","#
          + #""amount":"1500.00","phone_number":"254712345678","reason":null,"flags":["late_success"]},"#
          + #""mpesa_status":{"ResultCode":"0","ResultDesc":"The service request is processed successfully."}}"#)
    }
  }

  @Test func whatIsNotKnownIsNull() async throws {
    try await TestGateway.run { gateway in
      gateway.store.add(try .example())
      let answer = try await gateway.send("GET", Self.path, token: try await TestGateway.token())
      #expect(answer.json["transaction"]?["payment_status"] == .string("pending"))
      #expect(answer.json["transaction"]?["mpesa_receipt_number"] == .null)
      #expect(answer.json["mpesa_status"]?["ResultCode"] == .null)
      #expect(answer.json["mpesa_status"]?["ResultDesc"] == .null)
    }
  }

  @Test func aPendingPaymentIsAskedAboutFirst() async throws {
    try await TestGateway.run { gateway in
      gateway.store.add(try .example())
      gateway.asking.onAsk { [store = gateway.store] id in
        guard var transaction = try? await store.transaction(id) else { return }
        transaction.status = .failed
        transaction.reason = .cancelled
        transaction.resultCode = "1032"
        store.add(transaction)
      }
      let answer = try await gateway.send("GET", Self.path, token: try await TestGateway.token())
      #expect(answer.json["transaction"]?["payment_status"] == .string("failed"))
      #expect(answer.json["transaction"]?["reason"] == .string("cancelled"))
      #expect(answer.json["mpesa_status"]?["ResultCode"] == .string("1032"))
    }
  }

  @Test(arguments: ["456", "457", "0", "x", "-1"])
  func transactionsThatAreNotThereOrBelongToOthersLookTheSame(id: String) async throws {
    try await TestGateway.run { gateway in
      gateway.store.add(try .example(createdBy: "8"))
      let answer = try await gateway.send(
        "GET", "/api/payments/transactions/\(id)/check_mpesa_status", token: try await TestGateway.token())
      #expect(answer.status == 404)
      #expect(answer.errorCode == "transaction_not_found")
    }
  }
}
