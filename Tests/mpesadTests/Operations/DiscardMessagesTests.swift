import Daraja
import Payments
import Store
import Testing

@testable import mpesad

/// Removing what fitted nothing, by a person's word.
@Suite struct DiscardMessagesTests {
  /// 1 settled; 2 and 3 quarantined, 3 at the payment's own address; 4 and 5 unmatched, 5 an hour old.
  private func fill(_ rig: DeskRig) async throws -> Transaction {
    let transaction = try await rig.prompted()
    let paid = Finding.evidence(
      about: .transaction(transaction.id), DeskRig.paid(transaction), .token, ifUnknown: .giveUp)
    _ = try await rig.deliver(DeskRig.body(transaction), to: transaction, paid)
    _ = try await rig.deliver("<html>", to: nil, .quarantine(reason: "The body is not JSON."))
    _ = try await rig.deliver("<html>", to: transaction, .quarantine(reason: "The body is not JSON."))
    let stranger = Finding.evidence(
      about: .checkoutRequestID("ws_CO_none"), DeskRig.paid(transaction), .none, ifUnknown: .giveUp)
    _ = try await rig.deliver(#"{"CheckoutRequestID":"ws_CO_none"}"#, to: nil, stranger)
    _ = try await rig.deliver("x", to: nil, stranger)
    return transaction
  }

  private func states(_ rig: DeskRig) async throws -> [DeliveryState] {
    var states: [DeliveryState] = []
    for number in 1...5 {
      if let found = try await rig.store.delivery(DeliveryID(Int64(number))) { states.append(found.state) }
    }
    return states
  }

  private func named(_ messages: Int64..., reason: String = "A scanner", isDryRun: Bool = false) -> DiscardMessages {
    DiscardMessages(messages: messages, reason: reason, isDryRun: isDryRun)
  }

  private func selected(_ selection: DiscardMessages.Selection, isDryRun: Bool = false) -> DiscardMessages {
    DiscardMessages(selection: selection, reason: "A scanner", isDryRun: isDryRun)
  }

  @Test func byNumberTheyGoAllOrNone() async throws {
    try await DeskRig.use { rig in
      _ = try await fill(rig)
      let before = try await states(rig)
      #expect(before == [.settled, .quarantined, .quarantined, .unmatched, .unmatched])
      let preview = try await rig.perform(named(2, 4, reason: "", isDryRun: true))
      #expect(preview.count == 2 && preview.consequence.contains("removed for good"))
      let noes: [(DiscardMessages, OperationError.Kind, String)] = [
        (named(2, 1), .refused, "Delivery 1 is settled"), (named(2, 99), .notFound, "no delivery 99"),
        (named(2, 3), .refused, "evidence of money"), (named(2, reason: " "), .invalid, "reason"),
        (selected(.init(state: .settled)), .invalid, "Only what is unmatched or quarantined"),
      ]
      for (operation, kind, words) in noes {
        let refusal = try await rig.refusal(operation)
        #expect(refusal?.kind == kind && refusal?.description.contains(words) == true, "\(String(describing: refusal))")
      }
      #expect(try await states(rig) == before && rig.journal.lines.isEmpty)
      #expect(try await rig.perform(named(2, 4, 4)).count == 2)
      #expect(try await states(rig) == [.settled, .discarded, .quarantined, .discarded, .unmatched])
      let note = try await rig.store.delivery(DeliveryID(2))?.note
      #expect(note?.hasPrefix("Discarded by asha: A scanner.") == true && note?.contains("SHA-256") == true)
      #expect(rig.journal.lines.count == 1)
      #expect(
        rig.journal.lines[0].contains("asha discarded 2 deliveries: 2, 4. Reason: A scanner"), "\(rig.journal.lines)")
      #expect(try await rig.perform(named(2)).count == 0, "to do it twice is harmless")
    }
  }

  @Test func evidenceOfMoneyGoesAloneAndTheWordsSaySo() async throws {
    try await DeskRig.use { rig in
      let transaction = try await fill(rig)
      let preview = try await rig.perform(named(3, isDryRun: true))
      #expect(
        preview.consequence.contains("transaction \(transaction.id)")
          && preview.consequence.contains("evidence of money"))
      #expect(try await rig.perform(named(3)).count == 1)
      let listed = try await rig.store.deliveries(of: transaction.id, limit: 9)
      #expect(listed.map(\.state) == [.settled, .discarded], "it stays in the payment's story")
    }
  }

  @Test func manyGoByWhatTheyAreAndNeverEvidenceOfMoney() async throws {
    try await DeskRig.use { rig in
      _ = try await fill(rig)
      let all = try await rig.perform(selected(.init(), isDryRun: true))
      #expect(all.count == 3 && all.provenLeft == 1 && all.newest == 5 && all.next == nil)
      #expect(
        all.consequence.contains("1 delivery more that came to a payment's own address stay"), "\(all.consequence)")
      #expect(try await rig.perform(selected(.init(source: "10.9.9.9"))).count == 0)
      #expect(try await rig.perform(selected(.init(before: Moment(DeskRig.now - 3_600_000_000)))).count == 0)
      #expect(try await rig.perform(selected(.init(state: .quarantined))).count == 1)
      #expect(try await states(rig) == [.settled, .discarded, .quarantined, .unmatched, .unmatched])
      // What came after the count is not meant.
      var upTo = selected(.init())
      upTo.upTo = 4
      #expect(try await rig.perform(upTo).count == 1)
      #expect(try await states(rig) == [.settled, .discarded, .quarantined, .discarded, .unmatched])
      #expect(try await rig.perform(selected(.init())).count == 1)
      #expect(rig.journal.lines.count == 3, "one entry for each command")
    }
  }

  @Test func aLongListIsWalkedInPages() async throws {
    try await DeskRig.use { rig in
      let stranger = Finding.evidence(
        about: .checkoutRequestID("ws_CO_none"), STKCallback(checkoutRequestID: "ws_CO_none", resultCode: "1032"),
        .none, ifUnknown: .giveUp)
      for number in 0..<(3 * DiscardMessages.batch) {
        _ = try await rig.deliver(
          "\(number)", to: nil, number.isMultiple(of: 3) ? stranger : .quarantine(reason: "no"))
      }
      #expect(try await rig.perform(selected(.init(), isDryRun: true)).count == 600)
      #expect(try await rig.perform(selected(.init())).count == 600)
      #expect(try await rig.perform(selected(.init(), isDryRun: true)).count == 0)
    }
  }
}
