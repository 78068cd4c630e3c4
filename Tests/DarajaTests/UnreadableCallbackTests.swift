import Testing

@testable import Daraja

@Suite struct UnreadableCallbackTests {
  static let bodies: [(String, String)] = [
    ("", "The body is empty."),
    (" \r\n", "The body is empty."),
    ("hello", "The body is not JSON: a byte that does not belong here at byte 0."),
    ("<html></html>", "The body is not JSON: a byte that does not belong here at byte 0."),
    ("ResultCode=0&x=1", "The body is not JSON: a byte that does not belong here at byte 0."),
    (
      SampleBodies.paid + SampleBodies.paid,
      "The body is not JSON: more text behind the end at byte \(SampleBodies.paid.utf8.count)."
    ),
    ("{\"TransID\":\"A\n1\",}", "The body is not JSON: a byte that does not belong here at byte 17."),
    ("[]", "The body is JSON, but not an object."),
    ("null", "The body is JSON, but not an object."),
    ("\"{}\"", "The body is JSON, but not an object."),
    ("{}", "The body is a JSON object without Body.stkCallback, TransID or ResultCode."),
    (#"{"order":1}"#, "The body is a JSON object without Body.stkCallback, TransID or ResultCode."),
    (#"{"CheckoutRequestID":"ws_CO_1"}"#, "The body is a JSON object without Body.stkCallback, TransID or ResultCode."),
    (#"{"Body":{}}"#, "The body has an envelope, but no stkCallback in it."),
    (#"{"Body":[]}"#, "The body has an envelope, but no stkCallback in it."),
    (#"{"Envelope":{"Body":{}}}"#, "The body has an envelope, but no stkCallback in it."),
    (#"{"Envelope":7}"#, "The body has an envelope, but no stkCallback in it."),
    (#"{"Body":{"stkCallback":null}}"#, "stkCallback is not a JSON object."),
    (#"{"Body":{"stkCallback":[]}}"#, "stkCallback is not a JSON object."),
    (#"{"Body":{"stkCallback":{}}}"#, "The STK callback has no ResultCode."),
    (#"{"Body":{"stkCallback":{"CheckoutRequestID":"ws_CO_1"}}}"#, "The STK callback has no ResultCode."),
    (#"{"Body":{"stkCallback":{"ResultCode":null}}}"#, "ResultCode is neither a number nor a text of 1 to 64 bytes."),
    (#"{"Body":{"stkCallback":{"ResultCode":false}}}"#, "ResultCode is neither a number nor a text of 1 to 64 bytes."),
    (#"{"Body":{"stkCallback":{"ResultCode":""}}}"#, "ResultCode is neither a number nor a text of 1 to 64 bytes."),
    (#"{"Body":{"stkCallback":{"ResultCode":[0]}}}"#, "ResultCode is neither a number nor a text of 1 to 64 bytes."),
    (
      #"{"Body":{"stkCallback":{"ResultCode":0,"CheckoutRequestID":"\#(String(repeating: "x", count: 129))"}}}"#,
      "CheckoutRequestID is longer than 128 bytes."
    ),
  ]

  @Test(arguments: bodies)
  func reason(body: String, reason: String) {
    #expect(throws: UnreadableCallback(reason: reason)) { try CallbackMessage.parse(body.utf8) }
  }

  @Test(arguments: [
    (SampleBodies.result, "Result callback"),
    (#"{"ResponseHeader":{"responseCode":"0"}}"#, "Ratiba"),
    (#"{"resultCode":"0","amount":"71.0"}"#, "B2B Express"),
  ])
  func otherMessagesAreNamed(body: String, name: String) {
    let error = #expect(throws: UnreadableCallback.self) { try CallbackMessage.parse(body.utf8) }
    #expect(error?.reason.contains(name) == true)
  }

  @Test func invalidUTF8() {
    let bytes = Array(#"{"TransID":"A1","FirstName":""#.utf8) + [0xC3] + Array(#""}"#.utf8)
    #expect(throws: UnreadableCallback(reason: "The body is not JSON: bytes that are not UTF-8 at byte 29.")) {
      try CallbackMessage.parse(bytes)
    }
  }

  @Test func theReasonNeverHoldsTheBody() {
    var random = SeededRandom()
    for _ in 0..<5_000 {
      var bytes = Array(SampleBodies.paid.utf8)
      for _ in 0..<3 { bytes.mutate(using: &random) }
      do {
        _ = try CallbackMessage.parse(bytes)
      } catch {
        #expect(!error.reason.contains("254712345678"), "seed \(random.seed)")
        #expect(!error.reason.contains("NLJ7RT61SV"), "seed \(random.seed)")
      }
    }
  }
}
