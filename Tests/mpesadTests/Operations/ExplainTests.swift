import Daraja
import Foundation
import Payments
import Store
import Testing

@testable import mpesad

/// The whole story of a payment: what happened, in order, and how each thing is known.
@Suite struct ExplainTests {
  /// Prompted, asked about in vain, called back twice, the second time with another amount.
  private func live(_ rig: DeskRig) async throws -> Transaction {
    let transaction = try await rig.prompted()
    _ = try await rig.settle(transaction, .queryAnswer(.pending), at: DeskRig.now - 5 * DeskRig.minute)
    _ = try await rig.deliver(
      "{\"broken\":\"\u{1B}[2J", to: transaction, .quarantine(reason: "The body is not JSON."),
      at: DeskRig.now - 4 * DeskRig.minute)
    _ = try await rig.deliver(
      DeskRig.body(transaction), to: transaction,
      .evidence(about: .transaction(transaction.id), DeskRig.paid(transaction, cents: 100), .token, ifUnknown: .giveUp),
      at: DeskRig.now - 3 * DeskRig.minute)
    return try await rig.settle(
      transaction, .operatorRuling(.completed, who: "juma", why: "The rest came in cash"), at: DeskRig.now)
  }

  @Test func everythingStandsInOrderWithHowItIsKnown() async throws {
    try await DeskRig.use { rig in
      let transaction = try await live(rig)
      let answer = try await rig.perform(ExplainTransaction(transaction: transaction.id.number, showPhone: false))
      let expected: [(String, String, String?)] = [
        ("7 made order 1, reference A-17 (Two lamps), over 1500.00.", "our record", nil),
        ("A prompt over 1500.00 to", "our record, made before the push left", "pending"),
        ("Safaricom queued the prompt.", "Safaricom's answer to the push", "pending"),
        ("Safaricom has not decided yet.", "Safaricom's answer when asked", "pending"),
        (
          "A callback of 15 bytes came from 196.201.214.200 to this transaction's own address. It is quarantined:",
          "delivery 1", nil
        ),
        ("A callback of \(DeskRig.body(transaction).utf8.count) bytes came", "delivery 2", nil),
        ("1.00 came where 1500.00 was asked for.", "delivery 2", "review: amount_mismatch"),
        ("juma ruled completed: The rest came in cash", "a person's ruling", "completed"),
      ]
      #expect(answer.story.count == expected.count, "\(answer.story)")
      for (line, (what, knownBy, status)) in zip(answer.story, expected) {
        #expect(line.what.hasPrefix(what), "\(line.what)")
        #expect(line.knownBy == knownBy && line.status == status)
      }
      #expect(answer.story.map(\.at) == answer.story.map(\.at).sorted())
      #expect(answer.story[6].resultCode == "0" && answer.story[6].deliveryID == 2)
      #expect(answer.standing == "Transaction 1 over 1500.00 is completed. Order 1 is paid.")
    }
  }

  @Test func bytesAreShownEscapedAndPhonesMasked() async throws {
    try await DeskRig.use { rig in
      let transaction = try await live(rig)
      let answer = try await rig.perform(ExplainTransaction(transaction: transaction.id.number, showPhone: false))
      #expect(answer.story[4].body == #"{"broken":"\u{1b}[2J"#)
      for text in [try OutputOptions.json(answer), StoryText(answer: answer, paint: Paint(isOn: false)).text] {
        #expect(!text.contains("708374149"), "\(text)")
        #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
      }
      let shown = try await rig.perform(ExplainTransaction(transaction: transaction.id.number, showPhone: true))
      #expect(shown.story[5].body == DeskRig.body(transaction))
      #expect(rig.journal.lines.contains { $0.contains("asha looked at the full phone number") })
    }
  }

  @Test func forPeopleBytesStandBeneathTheLineTheyBelongTo() async throws {
    try await DeskRig.use { rig in
      let transaction = try await live(rig)
      let answer = try await rig.perform(ExplainTransaction(transaction: transaction.id.number, showPhone: false))
      let lines = StoryText(answer: answer, paint: Paint(isOn: false)).text.split(separator: "\n")
      #expect(lines.count == 2 + answer.story.count + 2)
      let broken = try #require(lines.firstIndex { $0.contains("delivery 1") })
      #expect(lines[broken + 1] == #"    {"broken":"\u{1b}[2J"#)
    }
  }

  @Test func forProgramsEachThingIsOneRow() async throws {
    try await DeskRig.use { rig in
      let transaction = try await live(rig)
      let answer = try await rig.perform(ExplainTransaction(transaction: transaction.id.number, showPhone: false))
      let rows = StoryText.table(answer).tabSeparated
      #expect(rows.count == 1 + answer.story.count)
      #expect(rows.allSatisfy { $0.split(separator: "\t", omittingEmptySubsequences: false).count == 7 })
    }
  }

  @Test func whatComesNextIsSaid() async throws {
    try await DeskRig.use { rig in
      let pending = try await rig.prompted()
      let review = try await rig.prompted(phone: "254711222333")
      _ = try await rig.settle(review, .callback(DeskRig.paid(review, cents: 100), .token))
      let said: [(Transaction, String)] = [
        (pending, "Safaricom is asked at"), (review, "mpesad transactions resolve 2 completed|failed --reason"),
      ]
      for (transaction, next) in said {
        let answer = try await rig.perform(ExplainTransaction(transaction: transaction.id.number, showPhone: false))
        #expect(answer.standing.contains(next), "\(answer.standing)")
      }
      #expect(try await rig.refusal(ExplainTransaction(transaction: 9, showPhone: false))?.kind == .notFound)
    }
  }
}
