import Testing

@testable import DarajaSimulator
@testable import mpesad

@Suite struct SayingsTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var events: [SimulatorEvent]
    var testDescription: String

    init(_ line: String, _ events: [SimulatorEvent]) {
      testDescription = line
      self.events = events
    }
  }

  @Test(arguments: [
    Case("", []),
    Case("", [.made(.pushAccepted, status: 200)]),
    Case("callback 0", [.made(.pushAccepted, status: 200), .made(.callbackDelivered, code: "0", status: 200)]),
    Case(
      "callback 0×2",
      [.made(.callbackDelivered, code: "0", status: 200), .made(.callbackDelivered, code: "0", status: 200)]),
    Case(
      "query 4999×2, 0; callback 0",
      [
        .made(.queryAnswered, code: "4999"), .made(.queryAnswered, code: "4999"), .made(.queryAnswered, code: "0"),
        .made(.callbackDelivered, code: "0", status: 200),
      ]),
    Case(
      "stranger 0; callback 1037",
      [
        .made(.callbackDelivered, code: "0", status: 200, to: "bare"),
        .made(.callbackDelivered, code: "1037", status: 200, to: "callback"),
      ]),
    Case("push unanswered", [.made(.pushAccepted, detail: "connection closed without an answer")]),
    Case("push empty body", [.made(.pushAccepted, status: 500, detail: "empty body")]),
    Case("push block page", [.made(.pushRefused, status: 403, detail: "block page")]),
    Case("callback 0 (HTTP 503)", [.made(.callbackDelivered, code: "0", status: 503)]),
    Case("callback 0 (no answer)", [.made(.callbackFailed, code: "0", detail: "no connection")]),
  ])
  func whatWasSaidInOneLine(_ row: Case) {
    #expect(Sayings.line(row.events) == row.testDescription)
  }
}

extension SimulatorEvent {
  fileprivate static func made(
    _ kind: Kind, code: String? = nil, status: Int? = nil, to address: String? = nil, detail: String? = nil
  ) -> SimulatorEvent {
    var event = SimulatorEvent(kind)
    event.resultCode = code
    event.httpStatus = status
    event.address = address
    event.detail = detail
    return event
  }
}
