import Daraja
import NIOCore
import Payments
import Store
import Testing

@testable import mpesad

/// A person correlates a delivery with a payment; Safaricom proves.
@Suite struct MatchDeliveryTests {
  /// A payment whose push was never answered, and a callback at the bare address that may be about it.
  private func fill(
    _ rig: DeskRig, phone: String = "254708374149", token: ProvenToken? = nil
  ) async throws -> (Transaction, DeliveryID) {
    let transaction = try await rig.unanswered(phone: phone, minutesAgo: 30)
    let body = DeskRig.body(transaction)
    let delivery = NewDelivery(
      body: ByteBuffer(string: body), receivedAt: DeskRig.now - DeskRig.minute, source: "196.201.214.200", token: token)
    guard case .stored(let id) = try await rig.store.append(delivery) else { throw CancellationError() }
    let finding = Finding.evidence(
      about: .checkoutRequestID(DeskRig.checkout(transaction)), DeskRig.paid(transaction), .none, ifUnknown: .giveUp)
    _ = try await rig.store.conclude([(id, finding)], at: DeskRig.now - DeskRig.minute)
    return (transaction, id)
  }

  private func match(_ delivery: DeliveryID, _ transaction: Transaction, dry: Bool = false) -> MatchDelivery {
    MatchDelivery(
      delivery: delivery.number, transaction: transaction.id.number, reason: "The only prompt on that phone",
      isDryRun: dry)
  }

  @Test func aPaymentOfTheSamePhoneIsSuggestedAndNothingIsAccepted() async throws {
    try await DeskRig.use { rig in
      let (transaction, delivery) = try await fill(rig)
      _ = try await rig.unanswered(phone: "254711222333")
      let answer = try await rig.perform(SuggestMatches(delivery: delivery.number))
      #expect(answer.suggestions.map(\.transaction.transactionID) == [transaction.id.number])
      #expect(answer.suggestions.first?.because.hasPrefix("Same phone") == true)
      #expect(try await rig.store.transaction(transaction.id)?.checkoutRequestID == nil && rig.journal.lines.isEmpty)
    }
  }

  @Test func aMatchNamesThePushAndPutsTheDeliveryBackToWorkAndPaysNothing() async throws {
    try await DeskRig.use { rig in
      let (transaction, delivery) = try await fill(rig)
      let preview = try await rig.perform(match(delivery, transaction, dry: true))
      #expect(preview.consequence.contains("Only Safaricom's answer settles it"))
      #expect(try await rig.store.transaction(transaction.id) == transaction && rig.journal.lines.isEmpty)

      _ = try await rig.perform(match(delivery, transaction))
      let matched = try #require(try await rig.store.transaction(transaction.id))
      #expect(matched.status == .pending && matched.receipt == nil)
      #expect(
        matched.checkoutRequestID == DeskRig.checkout(transaction) && (matched.nextQueryAt ?? .max) <= DeskRig.now)
      #expect(try await rig.store.order(transaction.orderID)?.paidBy == nil)
      #expect(try await rig.store.parked(dueAt: DeskRig.now, limit: 10).map(\.id) == [delivery])
      let last = try #require(try await rig.store.timeline(of: transaction.id).last)
      #expect(last.event.kind == .matched && last.event.source == .ruling && last.delivery == delivery)
      #expect(rig.journal.lines.count == 1 && rig.journal.lines[0].contains("asha matched delivery 1"))

      // The worker weighs it again, as what it is.
      let finding = Finding.evidence(
        about: .checkoutRequestID(DeskRig.checkout(transaction)), DeskRig.paid(transaction), .none, ifUnknown: .giveUp)
      _ = try await rig.store.conclude([(delivery, finding)], at: DeskRig.now)
      #expect(try await rig.store.transaction(transaction.id)?.status == .pending)
      #expect(try await rig.store.delivery(delivery)?.state == .settled)
      let proven = try await rig.settle(matched, .queryAnswer(.result("0", description: nil)))
      #expect(proven.status == .completed && proven.flags == .receiptMissing)
    }
  }

  @Test func whatCannotBeTheOneIsRefusedAndLeavesNoTrace() async throws {
    try await DeskRig.use { rig in
      let (transaction, delivery) = try await fill(rig)
      let other = try await rig.unanswered(phone: "254711222333")
      let named = try await rig.prompted(phone: "254708374148")
      let paid = try await rig.settle(
        try await rig.prompted(phone: "254708374147"), .operatorRuling(.completed, who: "juma", why: "x"))
      for (wrong, word) in [(other, "phone"), (named, "CheckoutRequestID"), (paid, "completed")] {
        let refusal = try await rig.refusal(match(delivery, wrong))
        #expect(
          refusal?.kind == .refused && refusal?.description.contains(word) == true, "\(String(describing: refusal))")
      }
      var nameless = match(delivery, transaction)
      nameless.reason = " "
      #expect(try await rig.refusal(nameless)?.kind == .invalid)
      #expect(try await rig.store.delivery(delivery)?.state == .unmatched && rig.journal.lines.isEmpty)

      _ = try await rig.perform(match(delivery, transaction))
      #expect(try await rig.refusal(match(delivery, other))?.kind == .refused, "a delivery is matched once")
    }
  }

  @Test func whatCameToATransactionsOwnAddressIsNeverMatchedWithAnother() async throws {
    try await DeskRig.use { rig in
      let (transaction, delivery) = try await fill(rig, token: ProvenToken(TransactionID(99), nonce: Nonce(7)))
      #expect(try await rig.perform(SuggestMatches(delivery: delivery.number)).suggestions.isEmpty)
      #expect(try await rig.refusal(match(delivery, transaction))?.kind == .refused)
    }
  }
}
