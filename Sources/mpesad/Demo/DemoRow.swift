import DarajaSimulator
import Payments

/// One line of the demo's result. The field names are those of `--json`, and stable.
struct DemoRow: Codable, Sendable {
  var story: String
  /// What the shopper did.
  var shopper: String
  /// What Safaricom said.
  var safaricom: String
  var status: String
  var reason: String?
  var flags: [String] = []
  var receipt: String?
  /// callback, query or none.
  var knownBy: String
  /// From the push to the settlement.
  var seconds: Double?
  var orderId: Int64?
  var transactionId: Int64?
  var checkoutRequestId: String?
  /// Where it is not as it must be, each with what was expected and what came.
  var differences: [String]
  /// Everything that happened to the payment, told only where something is wrong.
  var timeline: [String] = []

  /// True when it ended as it must.
  var passed: Bool { differences.isEmpty }
}

extension DemoRow {
  /// A story that was played.
  init(_ story: Story, _ expectation: ExpectedEnding, _ ending: Ending, sayings: String) {
    let differences = expectation.differences(from: ending)
    self.init(
      story: story.rawValue, shopper: expectation.shopper, safaricom: sayings, status: ending.status.rawValue,
      reason: ending.reason?.rawValue, flags: ending.flags.names, receipt: ending.receipt,
      knownBy: ending.knownBy.rawValue, seconds: ending.seconds, orderId: ending.orderID,
      transactionId: ending.transactionID, checkoutRequestId: ending.checkoutRequestID, differences: differences,
      timeline: differences.isEmpty ? [] : ending.timeline)
  }

  /// A story that could not be played.
  init(_ story: Story, failed error: any Error, sayings: String) {
    self.init(
      story: story.rawValue, shopper: ExpectedEnding.of(story).shopper, safaricom: sayings, status: "not played",
      knownBy: KnownBy.none.rawValue, differences: ["It could not be played: \(error)"])
  }

  /// Status, reason and flags in one cell.
  var outcome: String {
    ([reason.map { "\(status): \($0)" } ?? status] + flags).joined(separator: ", ")
      .replacing("_", with: " ")
  }
}
