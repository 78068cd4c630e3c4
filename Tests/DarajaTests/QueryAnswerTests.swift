import Testing

@testable import Daraja

@Suite struct QueryAnswerTests {
  private func outcome(_ status: Int, _ body: String) -> QueryOutcome {
    QueryAnswer.outcome(of: DarajaAnswer.read(HTTPExchangeResponse(status, body)), checkoutRequestID: "ws_CO_1")
  }

  @Test(arguments: ["0", "1032", "1037", "2001", "17", "E3008", "SFC_IC0003", "BW-HTTP-100300", "31337", "0.0"])
  func anyOtherResultIsFinal(code: String) {
    #expect(outcome(200, SampleAnswers.queryResult("\"\(code)\"")) == .final(ResultCode(code), description: "text"))
  }

  @Test func aNumberIsReadAsItsLiteral() {
    #expect(outcome(200, SampleAnswers.queryResult("0")) == .final(.success, description: "text"))
    #expect(outcome(200, SampleAnswers.queryResult("1032")) == .final("1032", description: "text"))
    #expect(outcome(200, SampleAnswers.queryResult("0.0")) == .final("0.0", description: "text"))
  }

  @Test(arguments: [
    SampleAnswers.queryResult("\"4999\""), SampleAnswers.queryResult("4999"),
    #"{"ResultCode":"4999","ResultDesc":"text"}"#,
  ])
  func pending(body: String) {
    #expect(outcome(200, body) == .pending(description: "text"))
  }

  @Test func theLeastThatIsFinal() {
    #expect(outcome(200, #"{"ResultCode":"1032"}"#) == .final("1032", description: nil))
  }

  static let nothing: [(Int, String, DarajaFailure.Kind)] = [
    (500, SampleAnswers.error("500.001.1001", "The transaction is being processed"), .noInformation),
    (500, SampleAnswers.error("500.001.1001", "The transaction does not Exist"), .noInformation),
    (500, SampleAnswers.error("500.001.1001", "Internal Server Error"), .noInformation),
    (500, SampleAnswers.error("500.001.1001", "Wrong credentials"), .noInformation),
    (500, SampleAnswers.error("500.001.1001", "Merchant does not exist"), .noInformation),
    (500, SampleAnswers.error("500.001.1001", SampleAnswers.locked), .noInformation),
    (500, SampleAnswers.error("500.001.1001", ""), .noInformation),
    (200, SampleAnswers.error("500.001.1001", "The transaction is being processed"), .noInformation),
    (500, SampleAnswers.error("500.003.1001", "Internal Server Error"), .serverError),
    (500, SampleAnswers.error("500.003.02", "System is busy"), .rateLimited),
    (500, SampleAnswers.error("500.003.03", "Quota Violation"), .rateLimited),
    (500, SampleAnswers.spikeArrest, .rateLimited), (429, "", .rateLimited),
    (200, SampleAnswers.blockPage, .blockPage), (403, SampleAnswers.blockPage, .blockPage),
    (200, "", .emptyBody), (503, "", .emptyBody), (503, "text", .serverError), (200, "text", .unreadable),
    (200, "[]", .unreadable), (200, "{}", .noInformation), (200, #"{"ResponseCode":"0"}"#, .noInformation),
    (200, #"{"ResultCode":null}"#, .noInformation), (200, #"{"ResultCode":""}"#, .noInformation),
    (200, #"{"ResultCode":true}"#, .noInformation),
    (200, #"{"ResultCode":"\#(String(repeating: "1", count: 65))"}"#, .noInformation),
    (200, #"{"ResultCode":"0","ResultCode":"1"}"#, .unreadable),
    (200, #"{"ResultCode":"0","CheckoutRequestID":"ws_CO_2"}"#, .unreadable),
    (200, #"{"ResultCode":"0","CheckoutRequestID":"ws_CO_1","CheckoutRequestID":"ws_CO_2"}"#, .unreadable),
    (200, #"{"ResponseCode":"1","ResultCode":"0"}"#, .noInformation),
    (500, SampleAnswers.queryResult("0"), .serverError), (302, SampleAnswers.queryResult("0"), .unreadable),
    (500, SampleAnswers.soapFault, .serverError),
  ]

  @Test(arguments: nothing)
  func noInformation(status: Int, body: String, kind: DarajaFailure.Kind) {
    guard case .noInformation(let failure) = outcome(status, body) else {
      Issue.record("\(outcome(status, body))")
      return
    }
    #expect(failure.kind == kind)
    #expect(failure.httpStatus == status)
  }

  static let ownFaults: [(Int, String, DarajaFailure.Kind, String?)] = [
    (
      400, SampleAnswers.error("400.002.02", "Bad Request - Invalid CheckoutRequestID"), .invalidRequest,
      "CheckoutRequestID"
    ),
    (400, SampleAnswers.error("400.002.05", "Invalid Request Payload"), .invalidRequest, nil),
    (404, SampleAnswers.error("404.001.01", "Resource not found"), .invalidRequest, nil),
    (401, SampleAnswers.notSubscribed, .notSubscribed, nil),
    (400, SampleAnswers.error("400.008.01", "Invalid Authentication passed"), .credentials, nil),
  ]

  @Test(arguments: ownFaults)
  func permanent(status: Int, body: String, kind: DarajaFailure.Kind, field: String?) {
    guard case .permanent(let failure) = outcome(status, body) else {
      Issue.record("\(outcome(status, body))")
      return
    }
    #expect(failure.kind == kind)
    #expect(failure.field == field)
  }
}
