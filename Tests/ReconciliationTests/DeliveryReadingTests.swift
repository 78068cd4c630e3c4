import Daraja
import Payments
import Testing

@testable import Reconciliation
@testable import Store

@Suite("Reading a delivery: what it says and how far it may be believed")
struct DeliveryReadingTests {
  enum Expected: Sendable {
    case evidence(Subject, Trust)
    case quarantine(String)
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var body: String
    var token: ProvenToken?
    var attempts = 0
    var expected: Expected
    var testDescription: String { name }
  }

  static let seven = ProvenToken(TransactionID(7), nonce: Nonce(70))

  static let rows: [Row] = [
    Row(
      name: "to its own address: about the token's transaction, believed", body: CallbackBodies.paid("ws_CO_1"),
      token: seven, expected: .evidence(.token(seven), .token)),
    Row(
      name: "to its own address without a CheckoutRequestID: the token is enough", body: CallbackBodies.refused(nil),
      token: seven, expected: .evidence(.token(seven), .token)),
    Row(
      name: "to the bare address: about the CheckoutRequestID, not believed", body: CallbackBodies.paid("ws_CO_1"),
      expected: .evidence(.checkoutRequestID("ws_CO_1"), .none)),
    Row(
      name: "to the bare address without a CheckoutRequestID: about nothing", body: CallbackBodies.paid(nil),
      expected: .quarantine("CheckoutRequestID")),
    Row(
      name: "a C2B confirmation", body: CallbackBodies.confirmation, token: seven, expected: .quarantine("C2B")),
    Row(name: "not JSON", body: "<html></html>", token: seven, expected: .quarantine("")),
    Row(name: "nothing at all", body: "", expected: .quarantine("")),
    Row(
      name: "begun once before", body: CallbackBodies.paid("ws_CO_1"), token: seven, attempts: 1,
      expected: .evidence(.token(seven), .token)),
    Row(
      name: "begun twice before: the third attempt is the last", body: CallbackBodies.paid("ws_CO_1"), token: seven,
      attempts: 2, expected: .evidence(.token(seven), .token)),
    Row(
      name: "begun three times before: not touched again", body: CallbackBodies.paid("ws_CO_1"), token: seven,
      attempts: 3, expected: .quarantine("3 times")),
  ]

  @Test("Each kind of delivery", arguments: rows)
  func reads(row: Row) throws {
    let delivery = Delivery(
      id: DeliveryID(1), body: Array(row.body.utf8), receivedAt: .at(0), source: "196.201.214.200", token: row.token,
      state: .received, attempts: row.attempts, note: nil, transaction: nil)
    let finding = DeliveryReading(parking: Parking(since: Uptime(microseconds: .at(0)))).read(
      delivery, clock: ClockReading(now: .at(1)), uptime: Uptime(microseconds: .at(1)))
    switch (row.expected, finding) {
    case (.evidence(let subject, let trust), .evidence(let about, _, let believed, let ifUnknown)):
      #expect(about == subject)
      #expect(believed == trust)
      // A callback with a token never waits: its transaction was committed before the address left.
      #expect(ifUnknown == (trust == .token ? .addressUnknown : .park(until: .at(2))))
    case (.quarantine(let part), .quarantine(let reason)):
      #expect(!reason.isEmpty && (part.isEmpty || reason.contains(part)))
    default: Issue.record("\(finding)")
    }
  }
}
