import Daraja
import Payments
import Reconciliation
import Store
import Testing

@Suite(.timeLimit(.minutes(1))) struct InitiateEndpointTests {
  private static let path = "/api/payments/transactions/initiate_mpesa_payment/"
  private static let body = #"{"order_id": 123, "phone_number": "0712 345 678"}"#

  /// What the gateway answers when prompting has this result, and that it asked for the right thing.
  private func answer(to result: Result<PromptResult, any Error>) async throws -> Answer {
    var answer: Answer?
    try await TestGateway.run { gateway in
      gateway.prompting.answer(result)
      gateway.store.add(Order.example())
      gateway.store.add(try Transaction.example())
      answer = try await gateway.send("POST", Self.path, token: try await TestGateway.token(), body: Self.body)
      let asked = FakePrompting.Asked(order: OrderID(123), phone: try MSISDN("254712345678"), user: "7")
      #expect(gateway.prompting.asked == [asked])
    }
    return try #require(answer)
  }

  @Test func aSentPromptAnswersAsTheGuideSays() async throws {
    let answer = try await answer(to: .success(.sent(try .example(), customerMessage: nil)))
    #expect(answer.status == 200)
    #expect(
      answer.body
        == #"{"status":"success","message":"STK Push sent successfully. Please check your phone.","transaction_id":456,"#
        + #""checkout_request_id":"ws_CO_123456789","customer_message":"Please check your phone for M-Pesa prompt."}"#)
  }

  @Test func safaricomsOwnWordsGoToTheCustomer() async throws {
    let answer = try await answer(to: .success(.sent(try .example(), customerMessage: "Success. Request accepted")))
    #expect(answer.json["customer_message"] == .string("Success. Request accepted"))
  }

  @Test(arguments: [true, false])
  func anOpenPromptIsNamedAgain(byAdmission: Bool) async throws {
    let result = byAdmission ? PromptResult.refused(.alreadyOpen(TransactionID(456))) : .alreadyOpen(try .example())
    let answer = try await answer(to: .success(result))
    #expect(answer.status == 200)
    #expect(answer.json["status"] == .string("success"))
    #expect(answer.json["message"] == .string("A prompt is already on its way. Please check your phone."))
    #expect(answer.json["transaction_id"] == .number("456"))
    #expect(answer.json["checkout_request_id"] == .string("ws_CO_123456789"))
  }

  @Test func aLostAnswerIsNotCalledASuccess() async throws {
    var transaction = try Transaction.example()
    transaction.checkoutRequestID = nil
    let answer = try await answer(to: .success(.uncertain(transaction)))
    #expect(answer.status == 202)
    #expect(answer.json["status"] == .string("pending"))
    #expect(answer.json["checkout_request_id"] == .null)
    #expect(answer.json["transaction_id"] == .number("456"))
  }

  @Test(
    arguments: [
      (.refused(.orderPaid(by: TransactionID(1))), 409, "order_paid", "order_id", nil),
      (.refused(.orderInReview(TransactionID(1))), 409, "order_in_review", "order_id", nil),
      (.refused(.amountNotPromptable), 409, "amount_not_promptable", "order_id", nil),
      (.refused(.phoneBusy(until: TestGateway.now + 41_200_000)), 429, "phone_busy", nil, "42"),
      (.refused(.phoneBusy(until: TestGateway.now - 1)), 429, "phone_busy", nil, "1"),
      (.noSuchOrder, 404, "order_not_found", "order_id", nil),
      (.notConfigured("DARAJA_PASSKEY"), 503, "receive_only", nil, nil),
    ] as [(PromptResult, Int, String, String?, String?)])
  func refusals(_ result: PromptResult, status: Int, code: String, field: String?, retryAfter: String?) async throws {
    let answer = try await answer(to: .success(result))
    #expect(answer.status == status)
    #expect(answer.errorCode == code)
    #expect(answer.errorField == field)
    #expect(answer.headers["retry-after"] == retryAfter)
    #expect(!answer.body.contains("PASSKEY"))
  }

  @Test(
    arguments: [
      (.invalidRequest, "PhoneNumber", 422, "push_refused", "phone_number"),
      (.invalidRequest, "PartyA", 422, "push_refused", "phone_number"),
      (.invalidRequest, "Amount", 422, "push_refused", "amount"),
      (.invalidRequest, "AccountReference", 422, "push_refused", "reference"),
      (.invalidRequest, "CallBackURL", 503, "daraja_configuration", nil),
      (.invalidRequest, nil, 503, "daraja_configuration", nil),
      (.credentials, nil, 503, "daraja_configuration", nil), (.notSubscribed, nil, 503, "daraja_configuration", nil),
    ] as [(DarajaFailure.Kind, String?, Int, String, String?)])
  func rejectedPushes(
    kind: DarajaFailure.Kind, darajaField: String?, status: Int, code: String, field: String?
  ) async throws {
    let failure = DarajaFailure(kind: kind, httpStatus: 400, message: "Bad Request", field: darajaField)
    let answer = try await answer(to: .success(.rejected(try .example(), failure)))
    #expect(answer.status == status)
    #expect(answer.errorCode == code)
    #expect(answer.errorField == field)
  }

  @Test(
    arguments: [(.subscriberLocked, 429, "phone_busy"), (.rateLimited, 503, "daraja_busy")]
      as [(DarajaFailure.Kind, Int, String)])
  func busyOnesSayWhenToTryAgain(kind: DarajaFailure.Kind, status: Int, code: String) async throws {
    let failure = DarajaFailure(kind: kind, message: "System is busy")
    let answer = try await answer(to: .success(.busy(try .example(), failure, retryAfter: .milliseconds(12_001))))
    #expect(answer.status == status)
    #expect(answer.errorCode == code)
    #expect(answer.headers["retry-after"] == "13")
  }

  @Test(arguments: [
    (StoreError.unavailable(detail: "disk full at /secret"), "store_unavailable"), (.overloaded, "store_overloaded"),
    (.closed, "stopping"),
  ])
  func aStoreThatCannotMeansNothingWasDone(error: StoreError, code: String) async throws {
    let answer = try await answer(to: .failure(error))
    #expect(answer.status == 503)
    #expect(answer.errorCode == code)
    #expect(answer.headers["retry-after"] != nil)
    #expect(!answer.body.contains("secret"))
  }

  @Test func anUnforeseenErrorIsLoggedAndNotShown() async throws {
    struct Odd: Error {}
    let answer = try await answer(to: .failure(Odd()))
    #expect(answer.status == 500)
    #expect(answer.errorCode == "internal_error")
    #expect(!answer.body.contains("Odd"))
  }

  @Test(arguments: [
    ("{}", "missing_field", "order_id"), (#"{"order_id":123}"#, "missing_field", "phone_number"),
    (#"{"order_id":"x","phone_number":"0712345678"}"#, "invalid_order_id", "order_id"),
    (#"{"order_id":1.5,"phone_number":"0712345678"}"#, "invalid_order_id", "order_id"),
    (#"{"order_id":123,"phone_number":"0712"}"#, "invalid_phone_number", "phone_number"),
  ])
  func wrongValuesNameTheirField(body: String, code: String, field: String) async throws {
    try await TestGateway.run { gateway in
      let answer = try await gateway.send("POST", Self.path, token: try await TestGateway.token(), body: body)
      #expect(answer.status == 422)
      #expect(answer.errorCode == code)
      #expect(answer.errorField == field)
      #expect(gateway.prompting.asked.isEmpty)
    }
  }
}
