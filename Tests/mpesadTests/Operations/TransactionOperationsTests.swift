import Daraja
import Foundation
import Payments
import Reconciliation
import Store
import Testing

@testable import mpesad

/// What operators see of payments, and what they can do about them.
@Suite struct TransactionOperationsTests {
  private func list(_ change: (inout ListTransactions) -> Void = { _ in }) -> ListTransactions {
    var list = ListTransactions(limit: 50, showPhone: false)
    change(&list)
    return list
  }

  @Test func aListIsNewestFirstAndGoesOnWhereItEnded() async throws {
    try await DeskRig.use { rig in
      for minutes in [30, 20, 10] as [Microseconds] { _ = try await rig.prompted(minutesAgo: minutes) }
      let first = try await rig.perform(list { $0.limit = 2 })
      #expect(first.transactions.map(\.transactionID) == [3, 2] && first.next == 2)
      let rest = try await rig.perform(list { $0.after = first.next })
      #expect(rest.transactions.map(\.transactionID) == [1] && rest.next == nil)
    }
  }

  @Test func everyFilterNarrowsTheList() async throws {
    try await DeskRig.use { rig in
      let paid = try await rig.prompted(phone: "254708374149", minutesAgo: 30)
      _ = try await rig.settle(paid, .callback(DeskRig.paid(paid), .token))
      let open = try await rig.prompted(phone: "254711222333", minutesAgo: 10)
      let searches: [(ListTransactions, [Int64])] = [
        (list(), [2, 1]),
        (list { $0.status = .completed }, [1]),
        (list { $0.phone = "0711 222 333" }, [2]),
        (list { $0.receipt = "NLJ7RT61SV" }, [1]),
        (list { $0.order = open.orderID.number }, [2]),
        (list { $0.checkoutRequestID = open.checkoutRequestID }, [2]),
        (list { $0.createdBy = "7" }, [2, 1]),
        (list { $0.createdBy = "8" }, []),
        (list { $0.since = Moment(open.createdAt) }, [2]),
        (list { $0.until = Moment(open.createdAt) }, [1]),
      ]
      for (search, found) in searches {
        #expect(try await rig.perform(search).transactions.map(\.transactionID) == found, "\(search)")
      }
    }
  }

  @Test func whatCannotBeLookedForIsNamed() async throws {
    try await DeskRig.use { rig in
      let phone = try await rig.refusal(list { $0.phone = "12" })
      #expect(phone?.kind == .invalid && phone?.description.contains("--phone") == true)
      let receipt = try await rig.refusal(list { $0.receipt = "not one!" })
      #expect(receipt?.kind == .invalid && receipt?.description.contains("--receipt") == true)
      let missing = try await rig.refusal(ShowTransaction(transaction: 99, showPhone: false))
      #expect(missing == OperationError(.notFound, "There is no transaction 99."))
    }
  }

  @Test func phonesAreMaskedUnlessAskedForAndThatIsNoted() async throws {
    try await DeskRig.use { rig in
      let transaction = try await rig.prompted()
      let masked = [
        try await rig.perform(list()).transactions[0],
        try await rig.perform(ShowTransaction(transaction: transaction.id.number, showPhone: false)),
      ]
      for record in masked {
        let json = try OutputOptions.json(record)
        #expect(record.phone == transaction.phone.masked)
        #expect(!json.contains("708374149"), "the CheckoutRequestID ends in it too")
      }
      #expect(rig.journal.lines.isEmpty)

      let shown = try await rig.perform(ShowTransaction(transaction: transaction.id.number, showPhone: true))
      #expect(shown.phone == "254708374149" && shown.checkoutRequestID == DeskRig.checkout(transaction))
      _ = try await rig.perform(list { $0.showPhone = true })
      #expect(rig.journal.lines.count == 2)
      #expect(rig.journal.lines.allSatisfy { $0.contains("asha looked at") && !$0.contains("708374149") })
    }
  }

  @Test func aQuestionTellsWhatSafaricomAnswered() async throws {
    let asking: @Sendable (SQLiteStore, TransactionID) async -> AskOutcome = { store, id in
      let answer = Evidence.queryAnswer(.result("1032", description: "Request cancelled by user"))
      let settled = try? await store.settle(id, with: answer, nextQueryAt: nil, at: DeskRig.now)
      return settled == nil ? .failed : .asked
    }
    try await DeskRig.use(asking: asking) { rig in
      let transaction = try await rig.prompted()
      let answer = try await rig.perform(QueryTransaction(transaction: transaction.id.number))
      #expect(answer.answer == "Not paid: cancelled." && answer.resultCode == "1032")
      #expect(answer.statusBefore == .pending && answer.transaction.status == .failed)
      #expect(
        rig.journal.lines.contains { $0.contains("MPESA_ACTOR=asha") && $0.contains("MPESA_TRANSACTION_ID=1") })
    }
  }

  static let refusals: [(AskOutcome, OperationError.Kind, String)] = [
    (.notNeeded, .refused, "nothing to ask about"),
    (.later(in: 11_500_000), .tryAgain, "Look again in 12 s."),
    (.failed, .unavailable, "could not be kept"),
    (.notConfigured("mpesa_passkey"), .unavailable, "mpesa_passkey"),
  ]

  @Test(arguments: refusals) func aQuestionThatIsNotPutSaysWhy(
    outcome: AskOutcome, kind: OperationError.Kind, says: String
  ) async throws {
    try await DeskRig.use(asking: { _, _ in outcome }) { rig in
      let transaction = try await rig.prompted()
      let error = try await rig.refusal(QueryTransaction(transaction: transaction.id.number))
      #expect(error?.kind == kind && error?.description.contains(says) == true, "\(String(describing: error))")
    }
  }

  @Test func aRulingIsCommittedWithWhoAndWhy() async throws {
    try await DeskRig.use { rig in
      let transaction = try await rig.prompted()
      _ = try await rig.settle(transaction, .callback(DeskRig.paid(transaction, cents: 100), .token))
      var resolve = ResolveTransaction(
        transaction: transaction.id.number, ruling: .completed, reason: "The rest came in cash", isDryRun: true)
      let preview = try await rig.perform(resolve)
      #expect(preview.transaction.status == .review, "a preview changes nothing")
      resolve.isDryRun = false
      let answer = try await rig.perform(resolve)
      #expect(answer.consequence == preview.consequence)
      #expect(answer.transaction.status == .completed)
      #expect(try await rig.store.order(transaction.orderID)?.paidBy == transaction.id)
      let last = try await rig.store.timeline(of: transaction.id).last
      #expect(last?.event.kind == .ruling && last?.event.detail == "asha ruled completed: The rest came in cash")
      #expect(rig.journal.lines.last?.contains("MPESA_STATUS=completed") == true)
    }
  }

  @Test func theConsequenceIsSaidInWords() async throws {
    try await DeskRig.use { rig in
      let first = try await rig.prompted()
      let order = try #require(try await rig.store.order(first.orderID))
      var paid = order
      paid.paidBy = TransactionID(9)
      let said: [(Ruling, Order, [String])] = [
        (
          .completed, order,
          ["becomes completed and order 1 counts as paid.", "receipt_missing", "cannot be taken back"]
        ),
        (.completed, paid, ["already paid by transaction 9", "duplicate_payment", "refunded"]),
        (.failed, order, ["can be prompted for again", "may still be on the phone", "payment.failed"]),
      ]
      for (ruling, order, parts) in said {
        let text = Consequence(ruling: ruling, transaction: first, order: order).text
        for part in parts { #expect(text.contains(part), "\(text)") }
        #expect(!text.contains("254708374149"))
      }
    }
  }

  @Test func aRulingThatTheRulesForbidIsRefusedAndLeavesNoTrace() async throws {
    try await DeskRig.use { rig in
      let paid = try await rig.prompted()
      _ = try await rig.settle(paid, .callback(DeskRig.paid(paid), .token))
      let failed = try await rig.prompted(phone: "254711222333")
      _ = try await rig.settle(failed, .operatorRuling(.failed, who: "juma", why: "x"))
      let before = try await rig.store.timeline(of: paid.id)
      for (id, ruling) in [(paid.id, Ruling.failed), (paid.id, .completed), (failed.id, .failed)] {
        let error = try await rig.refusal(
          ResolveTransaction(transaction: id.number, ruling: ruling, reason: "because", isDryRun: false))
        #expect(error?.kind == .refused, "\(id) \(ruling)")
      }
      #expect(try await rig.store.timeline(of: paid.id) == before)
    }
  }

  @Test(arguments: ["", String(repeating: "x", count: 501), "two\nlines", "\u{1B}[2J"])
  func aReasonIsOneLine(reason: String) async throws {
    try await DeskRig.use { rig in
      let transaction = try await rig.prompted()
      let error = try await rig.refusal(
        ResolveTransaction(transaction: transaction.id.number, ruling: .failed, reason: reason, isDryRun: false))
      #expect(error?.kind == .invalid)
      #expect(try await rig.store.transaction(transaction.id)?.status == .pending)
    }
  }
}
