import Payments
import Testing

/// One kind of evidence, and what it makes of a transaction in each standing.
struct SettlementRow: CustomTestStringConvertible, Sendable {
  var name: String
  var evidence: Evidence
  var circumstances = Circumstances(nextQueryAt: Example.scheduled)
  var outcomes: [Standing: String]

  var testDescription: String { name }

  init(
    _ name: String, _ evidence: Evidence,
    in circumstances: Circumstances = Circumstances(nextQueryAt: Example.scheduled),
    pending: String, completed: String, completedWithoutReceipt: String, failed: String, unanswered: String,
    mismatched: String
  ) {
    self.name = name
    self.evidence = evidence
    self.circumstances = circumstances
    self.outcomes = [
      .pending: pending, .completed: completed, .completedWithoutReceipt: completedWithoutReceipt, .failed: failed,
      .unanswered: unanswered, .mismatched: mismatched,
    ]
  }

  func check(_ location: SourceLocation = #_sourceLocation) throws {
    for standing in Standing.allCases {
      let before = try standing.transaction
      let outcome = Outcome(before: before, decision: Example.settle(before, evidence, in: circumstances))
      #expect(outcome.description == outcomes[standing], "\(name), from \(standing)", sourceLocation: location)
    }
  }
}
