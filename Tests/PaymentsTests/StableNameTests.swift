import Daraja
import Payments
import Testing

/// Names that stand in databases, journals and merchants' programs: whoever changes one breaks those.
@Suite("Names that others rely on")
struct StableNameTests {
  @Test func statuses() {
    #expect(PaymentStatus.allCases.map(\.rawValue) == ["pending", "completed", "failed", "review"])
    #expect(PushState.allCases.map(\.rawValue) == ["requested", "accepted", "uncertain", "rejected"])
  }

  @Test func reasons() {
    #expect(
      Reason.allCases.map(\.rawValue) == [
        "cancelled", "timeout", "insufficient_funds", "wrong_pin", "pin_locked", "limit", "merchant_limit",
        "invalid_party", "prompt_failed", "configuration", "bad_debt", "push_rejected", "ruled_failed",
        "amount_mismatch", "receipt_reused", "contradictory", "unanswered",
      ])
  }

  @Test("Every refusal that Daraja knows keeps its name", arguments: Refusal.allCases)
  func refusals(refusal: Refusal) { #expect(Reason(refusal).rawValue == refusal.rawValue) }

  @Test func notifications() {
    #expect(
      Notification.allCases.map(\.rawValue) == [
        "payment.completed", "payment.failed", "payment.review", "payment.amended",
      ])
  }

  @Test func events() {
    #expect(
      TimelineEvent.Kind.allCases.map(\.rawValue) == [
        "push_requested", "push_accepted", "push_rejected", "push_uncertain", "completed", "failed", "review",
        "late_success", "receipt_filled", "contradicted", "duplicate", "ignored", "untrusted", "no_information",
        "ruling", "matched",
      ])
    #expect(
      TimelineEvent.Source.allCases.map(\.rawValue) == ["push", "callback", "query", "schedule", "operator"])
  }

  @Test("Flags keep their bits and their names")
  func flags() {
    let flags: [(PaymentFlags, Int64, String)] = [
      (.lateSuccess, 1, "late_success"), (.duplicatePayment, 2, "duplicate_payment"),
      (.receiptMissing, 4, "receipt_missing"), (.contradicted, 8, "contradicted"),
    ]
    for (flag, bits, name) in flags {
      #expect(flag.rawValue == bits)
      #expect(flag.names == [name])
    }
    #expect(PaymentFlags(rawValue: 15).names == flags.map(\.2))
    #expect(PaymentFlags().names.isEmpty)
  }

  @Test("Identifiers print as their number and sort by it")
  func identifiers() {
    #expect("\(TransactionID(456))" == "456")
    #expect(OrderID(9) < OrderID(10))
  }
}
