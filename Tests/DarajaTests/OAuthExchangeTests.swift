import Testing

@testable import Daraja

@Suite struct OAuthExchangeTests {
  private func grant(_ status: Int, _ body: String) throws(DarajaFailure) -> AccessTokens.Grant {
    try OAuthExchange.grant(in: HTTPExchangeResponse(status, body))
  }

  @Test(
    arguments: [
      (#""3599""#, 3_599), ("3599", 3_599), (#""120""#, 120), ("null", 3_600), (#""soon""#, 3_600), ("3599.5", 3_600),
      ("-5", -5), ("1e99", 3_600),
    ] as [(String, Int64)])
  func takesEitherTypeOfLifetime(json: String, seconds: Int64) throws {
    let grant = try grant(200, #"{"access_token":"c9SQxWWhmdVRlyh0zh8gZDTkubVF","expires_in":\#(json)}"#)
    #expect(grant.token.reveal() == "c9SQxWWhmdVRlyh0zh8gZDTkubVF")
    #expect(grant.lifetimeSeconds == seconds)
  }

  @Test func theLifetimeMayBeMissing() throws {
    #expect(try grant(200, #"{"access_token":"t"}"#).lifetimeSeconds == 3_600)
  }

  static let failures: [(Int, String, DarajaFailure.Kind)] = [
    (400, "", .credentials), (401, "", .credentials), (401, "{}", .credentials),
    (400, SampleAnswers.error("400.008.01", "Invalid Authentication passed"), .credentials),
    (400, SampleAnswers.error("400.008.02", "Invalid grant type passed"), .credentials),
    (404, SampleAnswers.error("404.001.04", "Invalid Authentication Header"), .credentials),
    (401, #"{"ErrorCode":"invalid_client","Error":"Client credentials are invalid"}"#, .credentials),
    (401, #"{"error":"invalid_client","error_description":"no"}"#, .credentials),
    (404, SampleAnswers.error("404.001.01", "Resource not found"), .invalidRequest),
    (200, "{}", .unreadable), (200, #"{"access_token":""}"#, .unreadable), (200, #"{"access_token":7}"#, .unreadable),
    (200, #"{"access_token":"a b"}"#, .unreadable), (200, #"{"access_token":"a\r\nX: y"}"#, .unreadable),
    (200, #"{"access_token":"\#(String(repeating: "x", count: 4_097))"}"#, .unreadable),
    (200, "", .emptyBody), (503, "", .emptyBody), (403, SampleAnswers.blockPage, .blockPage),
    (500, SampleAnswers.spikeArrest, .rateLimited), (500, "oops", .serverError),
  ]

  @Test(arguments: failures)
  func fails(status: Int, body: String, kind: DarajaFailure.Kind) {
    let error = #expect(throws: DarajaFailure.self) { try grant(status, body) }
    #expect(error?.kind == kind)
  }
}
