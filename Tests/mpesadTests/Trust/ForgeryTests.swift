import Foundation
import Payments
import Store
import Testing

/// Nobody can talk an order into being paid: not with its true CheckoutRequestID, its true amount and a receipt of his own making.
@Suite(.timeLimit(.minutes(2))) struct ForgeryTests {
  static let bare = ["/api/payments/callbacks", "/api/payments/transactions/mpesa_callback/"]

  @Test(arguments: bare) func theBareAddressProvesNothing(path: String) async throws {
    try await TrustHouse.use { house in
      let victim = try await house.prompt(1)
      for receipt in ["FORGED0001", "FORGED0002"] {
        let status = try await house.post(path, CallbackBody.paid(victim.checkout, receipt: receipt))
        #expect(status == 200, "a stranger learns nothing")
      }
      try await house.expectUnpaid([victim], "it came to the bare address")
      try await house.expectPayable([victim], "after a forged success")
    }
  }

  @Test func aTokenIsWorthNothingForAnotherPayment() async throws {
    try await TrustHouse.use { house in
      let own = try await house.prompt(1)
      let victim = try await house.prompt(2)
      let tag = own.token.drop { $0 != "." }
      try await house.post(own.path, CallbackBody.paid(victim.checkout, receipt: "FORGED0001"))
      try await house.post(
        "/api/payments/callbacks/\(victim.transaction)\(tag)/",
        CallbackBody.paid(victim.checkout, receipt: "FORGED0002"))
      try await house.expectUnpaid([own, victim], "the token is another payment's")
      let kinds = try await house.store.timeline(of: own.transaction).map(\.event.kind)
      #expect(kinds.contains(.contradicted), "and the attempt is on the timeline")
      try await house.expectPayable([own, victim], "after a body that named another payment")
    }
  }

  /// The push's answer was lost, so that the CheckoutRequestID in the body is the first that is heard of it.
  @Test func aPaymentWhoseIDIsNotKnownCannotTakeAnothersForItsOwn() async throws {
    try await TrustHouse.use { house in
      let victim = try await house.prompt(1)
      await house.safaricom.loseAnswers(true)
      let own = try await house.prompt(2)
      try await house.post(own.path, CallbackBody.paid(victim.checkout, receipt: "FORGED0001"))
      try await house.expectUnpaid([victim], "one CheckoutRequestID belongs to one payment")
      let claimant = try await house.transaction(own)
      #expect(claimant.status == .review && claimant.reason == .contradictory, "a person decides")
      #expect(claimant.checkoutRequestID == nil && claimant.receipt == nil)
      #expect(try await house.paidBy(own) == nil)
      #expect(try await house.store.deliveries(in: .quarantined, limit: 10).isEmpty)
      try await house.expectPayable([victim], "after another claimed its id")
    }
  }

  @Test func noCharacterOfATokenCanBeOther() async throws {
    try await TrustHouse.use { house in
      let victim = try await house.prompt(1)
      let body = CallbackBody.paid(victim.checkout, receipt: "FORGED0001")
      let token = Array(victim.token)
      for position in token.indices {
        var other = token
        other[position] = token[position] == "0" ? "1" : "0"
        try await house.post("/api/payments/callbacks/\(String(other))/", body)
      }
      for wrong in [
        String(token.dropLast()), String(token) + "0", "0" + String(token), String(token).uppercased(),
        String(token.prefix { $0 != "." }), "%\(String(token))", String(token) + "%00", String(token.reversed()),
      ] where wrong != victim.token {
        try await house.post("/api/payments/callbacks/\(wrong)/", body)
      }
      try await house.expectUnpaid([victim], "the token is not whole")
      try await house.expectPayable([victim], "after tokens that were nearly right")
    }
  }

  @Test func aTrueBodyPaysOnceWhereverItIsPostedAgain() async throws {
    try await TrustHouse.use { house in
      let paid = try await house.prompt(1)
      let victim = try await house.prompt(2)
      try await house.expectPayable([paid], "the true payment")
      let body = CallbackBody.paid(paid.checkout, receipt: paid.receipt)
      let claimed = CallbackBody.paid(victim.checkout, receipt: paid.receipt)
      for path in Self.bare + [paid.path] {
        try await house.post(path, body)
        try await house.post(path, claimed)
      }
      try await house.post(victim.path, body)
      try await house.expectUnpaid([victim], "the receipt is another payment's")
      let payer = try await house.paidBy(paid)
      let status = try await house.transaction(paid).status
      #expect(payer == paid.transaction && status == .completed)
      try await house.expectPayable([victim], "after another payment's body was posted again")
    }
  }

  /// What a stranger posts makes Safaricom be asked, and what Safaricom says settles: not what the stranger said.
  @Test(arguments: [("1032", PaymentStatus.failed), ("0", .completed)])
  func onlySafaricomsAnswerSettles(code: String, status: PaymentStatus) async throws {
    try await TrustHouse.use { house in
      let victim = try await house.prompt(1)
      await house.safaricom.decide(victim.checkout, .init(stringLiteral: code))
      try await house.post(Self.bare[0], CallbackBody.paid(victim.checkout, receipt: "FORGED0001"))
      try await house.settled()
      let end = ContinuousClock.now + .seconds(60)
      while try await house.transaction(victim).status == .pending, ContinuousClock.now < end {
        try await Task.sleep(for: .milliseconds(20))
      }
      let transaction = try await house.transaction(victim)
      #expect(transaction.status == status)
      #expect(transaction.receipt == nil, "the stranger's receipt is nowhere")
      let asked = await house.safaricom.questions
      #expect(asked == [victim.checkout])
    }
  }

  @Test func aThousandVariationsPayNothing() async throws {
    let seed = Forger.seed
    try await TrustHouse.use { house in
      var prompts: [TrustHouse.Prompted] = []
      for number in 1...4 { prompts.append(try await house.prompt(number)) }
      var forger = Forger(seed: seed, prompts: prompts)
      for _ in 0..<1_000 {
        let (path, body) = forger.next()
        let status = try await house.post(path, body)
        #expect(status == 200 || status == 404, "seed \(seed): \(path)")
      }
      try await house.expectUnpaid(prompts, "seed \(seed)")
      try await house.expectPayable(prompts, "seed \(seed)")
    }
  }
}
