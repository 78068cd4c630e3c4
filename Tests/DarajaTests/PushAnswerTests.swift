import Testing

@testable import Daraja

@Suite struct PushAnswerTests {
  private func outcome(_ status: Int, _ body: String) -> PushOutcome {
    PushAnswer.outcome(of: DarajaAnswer.read(HTTPExchangeResponse(status, body)))
  }

  @Test func accepted() {
    #expect(
      outcome(200, SampleAnswers.accepted)
        == .accepted(
          merchantRequestID: "2654-4b64-97ff-b827b542881d3130", checkoutRequestID: "ws_CO_191220191020363925",
          customerMessage: "Success. Request accepted for processing"))
  }

  @Test(arguments: [
    #"{"ResponseCode":"0","CheckoutRequestID":"ws_CO_1"}"#, #"{"ResponseCode":0,"CheckoutRequestID":"ws_CO_1"}"#,
    #"{"CheckoutRequestID":"ws_CO_1","ResponseCode":"0","CustomerMessage":null,"MerchantRequestID":{}}"#,
  ])
  func acceptedWithTheLeast(body: String) {
    #expect(outcome(200, body) == .accepted(merchantRequestID: nil, checkoutRequestID: "ws_CO_1", customerMessage: nil))
  }

  static let rejections: [(Int, String, DarajaFailure.Kind, String?)] = [
    (400, SampleAnswers.error("400.002.02", "Bad Request - Invalid CallBackURL"), .invalidRequest, "CallBackURL"),
    (400, SampleAnswers.error("400.002.02", "Bad Request - Invalid Amount"), .invalidRequest, "Amount"),
    (400, SampleAnswers.error("400.002.02", "Bad Request - Invalid PhoneNumber "), .invalidRequest, "PhoneNumber"),
    (400, SampleAnswers.error("400.002.02", "Bad Request - Invalid Remarks"), .invalidRequest, "Remarks"),
    (400, SampleAnswers.error("400.002.05", "Invalid Request Payload"), .invalidRequest, nil),
    (400, SampleAnswers.error("400.003.02", "Bad Request"), .invalidRequest, nil),
    (400, SampleAnswers.error("", "Bad Request - Invalid Timestamp"), .invalidRequest, "Timestamp"),
    (400, SampleAnswers.error("400.008.01", "Invalid Authentication passed"), .credentials, nil),
    (400, SampleAnswers.error("400.008.02", "Invalid grant type passed"), .credentials, nil),
    (404, SampleAnswers.error("404.001.01", "Resource not found"), .invalidRequest, nil),
    (404, SampleAnswers.error("404.002.01", "Resource not found"), .invalidRequest, nil),
    (404, SampleAnswers.error("404.003.01", "Resource not found"), .invalidRequest, nil),
    (405, SampleAnswers.error("405.001", "Method Not Allowed"), .invalidRequest, nil),
    (500, SampleAnswers.error("500.001.1001", "Merchant does not exist"), .invalidRequest, "BusinessShortCode"),
    (500, SampleAnswers.error("500.001.1001", "[MpesaCB - ]Wrong credentials"), .credentials, nil),
    (401, SampleAnswers.notSubscribed, .notSubscribed, nil),
    (403, SampleAnswers.notSubscribed, .notSubscribed, nil),
    (200, #"{"ResponseCode":"1","ResponseDescription":"No"}"#, .invalidRequest, nil),
    (200, #"{"ResponseCode":"00","CheckoutRequestID":"ws_CO_1"}"#, .invalidRequest, nil),
    (200, #"{"ResponseCode":0.0,"CheckoutRequestID":"ws_CO_1"}"#, .invalidRequest, nil),
    (200, #"{"ResponseCode":17}"#, .invalidRequest, nil),
  ]

  @Test(arguments: rejections)
  func rejected(status: Int, body: String, kind: DarajaFailure.Kind, field: String?) {
    guard case .rejected(let failure) = outcome(status, body) else {
      Issue.record("\(outcome(status, body))")
      return
    }
    #expect(failure.kind == kind)
    #expect(failure.field == field)
    #expect(failure.httpStatus == status)
    #expect(!failure.countsAgainstBreaker)
  }

  static let waits: [(Int, String, DarajaFailure.Kind, Duration)] = [
    (500, SampleAnswers.error("500.001.1001", SampleAnswers.locked), .subscriberLocked, .seconds(120)),
    (500, SampleAnswers.error("", SampleAnswers.locked), .subscriberLocked, .seconds(120)),
    (
      500, SampleAnswers.error("500.003.02", "System is busy. Please try again in few minutes."), .rateLimited,
      .seconds(60)
    ),
    (500, SampleAnswers.error("500.003.02", "Error Occurred: Spike Arrest Violation"), .rateLimited, .seconds(15)),
    (500, SampleAnswers.error("500.003.03", "Quota Violation"), .rateLimited, .seconds(300)),
    (500, SampleAnswers.spikeArrest, .rateLimited, .seconds(15)),
    (429, SampleAnswers.spikeArrest, .rateLimited, .seconds(15)),
    (200, SampleAnswers.spikeArrest, .rateLimited, .seconds(15)),
    (429, "", .rateLimited, .seconds(15)),
    (429, "slow down", .rateLimited, .seconds(15)),
  ]

  @Test(arguments: waits)
  func busy(status: Int, body: String, kind: DarajaFailure.Kind, wait: Duration) {
    guard case .busy(let failure, let retryAfter) = outcome(status, body) else {
      Issue.record("\(outcome(status, body))")
      return
    }
    #expect(failure.kind == kind)
    #expect(retryAfter == wait)
  }

  static let uncertainties: [(Int, String, DarajaFailure.Kind)] = [
    (403, SampleAnswers.blockPage, .blockPage), (200, SampleAnswers.blockPage, .blockPage),
    (503, "Request unsuccessful. Incapsula incident ID: 1-2", .blockPage), (429, SampleAnswers.blockPage, .blockPage),
    (200, "", .emptyBody), (500, "", .emptyBody), (403, " \r\n", .emptyBody), (400, "", .emptyBody),
    (503, "Service unavailable", .serverError), (500, "{", .serverError), (502, "[]", .serverError),
    (500, "{}", .serverError),
    (
      504,
      SampleAnswers.fault("messaging.adaptors.http.flow.GatewayTimeout", "Gateway Timeout"),
      .serverError
    ),
    (500, #"{"fault":{"detail":{}}}"#, .serverError), (500, SampleAnswers.soapFault, .serverError),
    (500, SampleAnswers.error("500.001.1001", "Internal Server Error"), .serverError),
    (500, SampleAnswers.error("500.001.1001", "The transaction is being processed"), .serverError),
    (500, SampleAnswers.error("500.002.1001", "Service is currently under maintenance"), .serverError),
    (500, SampleAnswers.error("500.003.1001", "Internal Server Error"), .serverError),
    (500, SampleAnswers.error("999", "New"), .serverError),
    (500, SampleAnswers.error("400.002.02", "Bad Request"), .serverError),
    (400, SampleAnswers.error("500.000.00", "?"), .unreadable), (400, SampleAnswers.error("", "?"), .unreadable),
    (200, "not json", .unreadable), (200, "[]", .unreadable), (200, "{}", .unreadable), (200, "null", .unreadable),
    (200, #"{"ResponseCode":""}"#, .unreadable), (200, #"{"CheckoutRequestID":"ws_CO_1"}"#, .unreadable),
    (200, #"{"ResponseCode":"0"}"#, .unreadable), (200, #"{"ResponseCode":"0","CheckoutRequestID":""}"#, .unreadable),
    (200, #"{"ResponseCode":"0","CheckoutRequestID":null}"#, .unreadable),
    (200, #"{"ResponseCode":"0","ResponseCode":"1","CheckoutRequestID":"a"}"#, .unreadable),
    (200, #"{"ResponseCode":"0","CheckoutRequestID":"a","CheckoutRequestID":"b"}"#, .unreadable),
    (302, "{}", .unreadable), (500, SampleAnswers.accepted, .serverError), (302, SampleAnswers.accepted, .unreadable),
  ]

  @Test(arguments: uncertainties)
  func uncertain(status: Int, body: String, kind: DarajaFailure.Kind) {
    guard case .uncertain(let failure) = outcome(status, body) else {
      Issue.record("\(outcome(status, body))")
      return
    }
    #expect(failure.kind == kind)
    #expect(failure.httpStatus == status)
  }

  static let tokenRefusals: [(Int, String)] = [
    (404, SampleAnswers.error("404.001.03", "Invalid Access Token")),
    (400, SampleAnswers.error("400.003.01", "Invalid Access Token")),
    (401, SampleAnswers.error("401.002.01", "Error Occurred - Invalid Access Token - c9SQxWWhmdVRlyh0zh8gZDTkubVF")),
    (401, SampleAnswers.error("401.003.01", "Error Occurred - Invalid Access Token")),
    (404, SampleAnswers.error("404.001.04", "Invalid Authentication Header")),
    (
      401,
      SampleAnswers.fault("keymanagement.service.access_token_expired", "Access Token expired")
    ),
    (401, #"{"fault":{"faultstring":"Invalid access token","detail":{"errorcode":"oauth.v2.InvalidAccessToken"}}}"#),
    (401, ""), (401, "{}"), (401, SampleAnswers.error("x", "y")),
  ]

  @Test(arguments: tokenRefusals)
  func aRefusedTokenIsRecognised(status: Int, body: String) {
    guard case .failure(let failure) = DarajaAnswer.read(HTTPExchangeResponse(status, body)) else {
      Issue.record("not a failure")
      return
    }
    #expect(failure.kind == .invalidToken)
    #expect(!failure.message.contains("c9SQxWWhmdVRlyh0zh8gZDTkubVF"))
  }
}
