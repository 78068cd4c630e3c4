import Foundation
import Payments
import Store
import Testing

@testable import mpesad

/// What came to the callback addresses, as operators see it.
@Suite struct InboxOperationsTests {
  /// One settled, one quarantined at a transaction's own address, one unmatched at the bare one.
  private func fill(_ rig: DeskRig) async throws -> Transaction {
    let transaction = try await rig.prompted()
    let paid = Finding.evidence(
      about: .transaction(transaction.id), DeskRig.paid(transaction), .token, ifUnknown: .giveUp)
    _ = try await rig.deliver(DeskRig.body(transaction), to: transaction, paid)
    _ = try await rig.deliver("<html>\u{1B}[2J\tno", to: transaction, .quarantine(reason: "The body is not JSON."))
    let stranger = Finding.evidence(
      about: .checkoutRequestID("ws_CO_none"), DeskRig.paid(transaction), .none, ifUnknown: .giveUp)
    _ = try await rig.deliver(#"{"CheckoutRequestID":"ws_CO_none"}"#, to: nil, stranger)
    return transaction
  }

  private func list(_ change: (inout ListInbox) -> Void = { _ in }) -> ListInbox {
    var list = ListInbox(limit: 50, showPhone: false)
    change(&list)
    return list
  }

  @Test func aListIsNewestFirstAndNarrowsByStateAndSource() async throws {
    try await DeskRig.use { rig in
      _ = try await fill(rig)
      let all = try await rig.perform(list())
      #expect(all.deliveries.map(\.deliveryID) == [3, 2, 1])
      #expect(all.deliveries.map(\.state) == [.unmatched, .quarantined, .settled])
      #expect(all.deliveries.map(\.addressedTo) == [nil, 1, 1])
      #expect(try await rig.perform(list { $0.state = .quarantined }).deliveries.map(\.deliveryID) == [2])
      #expect(try await rig.perform(list { $0.source = "10.0.0.1" }).deliveries.isEmpty)
      let first = try await rig.perform(list { $0.limit = 2 })
      let rest = try await rig.perform(list { ($0.limit, $0.after) = (2, first.next) })
      #expect((first.deliveries + rest.deliveries).map(\.deliveryID) == [3, 2, 1])
    }
  }

  @Test func whatStrangersSentCannotBreakATable() async throws {
    try await DeskRig.use { rig in
      _ = try await fill(rig)
      let shown = try await rig.perform(ShowDelivery(delivery: 2, showPhone: false, wantsBytes: false))
      #expect(shown.delivery.body == #"<html>\u{1b}[2J\tno"# && shown.bytes == nil)
      let rows = shown.delivery.table.tabSeparated
      #expect(rows.last == "body\t" + #"<html>\u{1b}[2J\tno"#, "it is escaped once, and can be read back")
      #expect(rows.allSatisfy { $0.split(separator: "\t", omittingEmptySubsequences: false).count == 2 })
    }
  }

  @Test func phonesInBodiesAreMaskedUnlessAskedForAndThatIsNoted() async throws {
    try await DeskRig.use { rig in
      let transaction = try await fill(rig)
      let masked = try await rig.perform(ShowDelivery(delivery: 1, showPhone: false, wantsBytes: false)).delivery.body
      #expect(!masked.contains("708374149") && masked.contains("20261124120110"), "\(masked)")
      #expect(try await rig.perform(list()).deliveries.allSatisfy { !$0.body.contains("708374149") })
      #expect(rig.journal.lines.isEmpty)

      let shown = try await rig.perform(ShowDelivery(delivery: 1, showPhone: true, wantsBytes: false))
      #expect(shown.delivery.body == DeskRig.body(transaction))
      let raw = try await rig.perform(ShowDelivery(delivery: 2, showPhone: false, wantsBytes: true))
      #expect(raw.bytes == Data("<html>\u{1B}[2J\tno".utf8))
      #expect(rig.journal.lines.count == 2 && rig.journal.lines.allSatisfy { $0.contains("asha looked at") })
    }
  }

  static let numbers: [(String, String)] = [
    (#""PhoneNumber":254708374149"#, "708374149"), (#""0708374149""#, "0708374149"), ("708374149", "708374149"),
    ("254110000149", "110000149"), ("ws_CO_241120261200001010708374149", "708374149"),
  ]

  @Test(arguments: numbers) func aNumberIsFoundInEveryForm(text: String, secret: String) {
    #expect(!PhoneMask(showing: false)(text).contains(secret))
    #expect(PhoneMask(showing: true)(text) == text)
  }

  @Test(arguments: ["20261124120110", "NLJ7RT61SV", "1500.00", "29115-34620561-1", "174379", "196.201.214.200", ""])
  func whatIsNoNumberStays(text: String) {
    #expect(PhoneMask(showing: false)(text) == text)
  }

  @Test func aNumberThatACutLeavesInPartIsHiddenWhole() {
    #expect(PhoneMask(showing: false)(cut: #"{"PhoneNumber":25470837"#) == #"{"PhoneNumber":"#)
  }

  @Test func namedDeliveriesArePutBackAndTheRestIsSkipped() async throws {
    try await DeskRig.use { rig in
      _ = try await fill(rig)
      let preview = try await rig.perform(ReplayInbox(deliveries: [1, 2, 3], isDryRun: true))
      #expect(preview.count == 2 && preview.skipped == [.init(deliveryID: 1, state: .settled, isPurged: false)])
      #expect(try await rig.store.delivery(DeliveryID(2))?.state == .quarantined && rig.journal.lines.isEmpty)

      let done = try await rig.perform(ReplayInbox(deliveries: [1, 2, 3], isDryRun: false))
      #expect(done.count == 2)
      #expect(try await rig.store.parked(dueAt: DeskRig.now, limit: 10).map(\.id.number) == [2, 3])
      #expect(try await rig.store.delivery(DeliveryID(2))?.note == "Put back to work by asha.")
      #expect(rig.journal.lines.count == 1 && rig.journal.lines[0].contains("asha put 2 deliveries back to work"))

      let again = try await rig.perform(ReplayInbox(deliveries: [2, 3], isDryRun: false))
      #expect(again.count == 0 && again.skipped.map(\.state) == [.parked, .parked])
    }
  }

  @Test func allOfAStateArePutBack() async throws {
    try await DeskRig.use { rig in
      for number in 0..<1_203 {
        _ = try await rig.deliver(
          "\(number)", to: nil, .quarantine(reason: "unreadable"), at: DeskRig.now - Int64(number) * 1_000_000)
      }
      let replay = ReplayInbox(
        deliveries: [], state: .quarantined, since: Moment(DeskRig.now - 999_000_000), isDryRun: true)
      #expect(try await rig.perform(replay).count == 1_000)
      var all = replay
      (all.since, all.isDryRun) = (nil, false)
      #expect(try await rig.perform(all).count == 1_203)
      #expect(try await rig.perform(all).count == 0)
    }
  }

  @Test func whatCannotBeReplayedIsSaid() async throws {
    try await DeskRig.use { rig in
      _ = try await fill(rig)
      let settled = try await rig.refusal(ReplayInbox(deliveries: [], state: .settled, isDryRun: false))
      #expect(settled?.kind == .invalid)
      let missing = try await rig.refusal(ReplayInbox(deliveries: [2, 99], isDryRun: false))
      #expect(missing?.kind == .notFound && missing?.description.contains("99") == true)
      #expect(try await rig.store.delivery(DeliveryID(2))?.state == .quarantined, "all of them or none")
    }
  }
}
