import Daraja
import Payments
import Testing

/// After a push that ended in doubt nothing is sent for a while: not for its order, not to its phone.
@Suite("Cooling down after a push that ended in doubt")
struct CoolDownTests {
  private static let now = Example.now
  private static let coolDown: Microseconds = 120_000_000
  private static let order = Order(
    id: OrderID(123), amount: Amount(cents: 150_000), description: "", reference: "A1", paidBy: nil, createdBy: "7",
    createdAt: Example.pushedAt)

  /// A pending transaction whose prompt is too old to be live, so that only doubt can stand in the way.
  private static func old(_ change: (inout Transaction) -> Void = { _ in }) throws -> Transaction {
    try Example.transaction { transaction in
      transaction.createdAt = now - 600_000_000
      change(&transaction)
    }
  }

  private static func hear(_ evidence: Evidence, _ transaction: Transaction) -> Transaction {
    settle(transaction, with: evidence, in: Circumstances(nextQueryAt: now + 1), at: now).transaction
  }

  @Test(
    "Codes that prove nothing leave doubt, and those that do not leave none",
    arguments: [
      ("1001", true), ("17", true), ("26", true), ("9999", true), ("2002", true), ("unheard of", true),
      ("1032", false), ("2001", false), ("1", false), ("4999", false),
    ])
  func codes(code: String, doubt: Bool) throws {
    let expected = doubt ? Self.now : nil
    #expect(
      Self.hear(.queryAnswer(.result(ResultCode(code), description: nil)), try Self.old()).ambiguousAt == expected)
    #expect(Self.hear(.callback(Example.refusal(ResultCode(code)), .token), try Self.old()).ambiguousAt == expected)
  }

  @Test(
    "A callback that a success may still follow leaves doubt until Safaricom was asked, soon",
    arguments: ["1019", "1036", "1037"])
  func unconfirmed(code: String) throws {
    let refused = Self.hear(.callback(Example.refusal(ResultCode(code)), .token), try Self.old())
    #expect(refused.status == .failed && refused.reason == .timeout)
    #expect(refused.ambiguousAt == Self.now && refused.nextQueryAt == Self.now + 20_000_000)
    let rules = AdmissionRules()
    let clock = ClockReading(now: Self.now)
    #expect(
      rules.admit(Self.order, ofOrder: [refused], ofPhone: [], at: clock)
        == .coolingDown(until: Self.now + Self.coolDown))

    let confirmed = Self.hear(.queryAnswer(.result(ResultCode(code), description: nil)), refused)
    #expect(confirmed.status == .failed && confirmed.ambiguousAt == nil && confirmed.nextQueryAt == nil)
    #expect(rules.admit(Self.order, ofOrder: [confirmed], ofPhone: [], at: clock) == .admit)

    let paid = Self.hear(.queryAnswer(.result("0", description: nil)), refused)
    #expect(paid.status == .completed && paid.flags.contains(.lateSuccess))
    for answer in [
      QueryAnswer.pending, .noInformation(detail: ""), .outage(detail: ""), .result("17", description: nil),
    ] {
      let asked = Self.hear(.queryAnswer(answer), refused)
      #expect(asked.status == .failed && asked.ambiguousAt == Self.now && asked.nextQueryAt == Self.now + 20_000_000)
      var late = refused
      late.settledAt = Self.now - 120_000_000
      #expect(Self.hear(.queryAnswer(answer), late).nextQueryAt == Self.now + 1, "then on the schedule, until it says")
      var ahead = refused
      ahead.settledAt = Self.now + 86_400_000_000
      #expect(Self.hear(.queryAnswer(answer), ahead).nextQueryAt == Self.now + 1, "refused on a clock that was ahead")
    }
    // Safaricom's own answer needs no confirmation.
    let asked = Self.hear(.queryAnswer(.result(ResultCode(code), description: nil)), try Self.old())
    #expect(asked.status == .failed && asked.ambiguousAt == nil && asked.nextQueryAt == nil)
  }

  @Test("A stranger's callback cannot shut a phone off")
  func untrusted() throws {
    #expect(Self.hear(.callback(Example.refusal("1001"), .none), try Self.old()).ambiguousAt == nil)
  }

  @Test("A lost answer leaves doubt; a locked subscriber does, although nobody was prompted; a plain refusal does not")
  func pushAnswers() throws {
    let requested = try Self.old { transaction in
      transaction.push = .requested
      transaction.checkoutRequestID = nil
    }
    let lost = Self.hear(.pushAnswer(.uncertain(detail: "")), requested)
    #expect(lost.ambiguousAt == Self.now && lost.status == .pending)
    let locked = Self.hear(.pushAnswer(.locked(code: "500.001.1001", detail: "")), requested)
    #expect(locked.ambiguousAt == Self.now && locked.status == .failed && locked.reason == .pushRejected)
    let refused = Self.hear(.pushAnswer(.rejected(code: nil, detail: "", ours: false)), requested)
    #expect(refused.ambiguousAt == nil && refused.status == .failed)
  }

  @Test("Doubt ends with knowledge")
  func ends() throws {
    let doubtful = try Self.old { $0.ambiguousAt = Self.now - 1 }
    #expect(Self.hear(.callback(Example.refusal("1032"), .token), doubtful).ambiguousAt == nil)
    #expect(Self.hear(.queryAnswer(.result("0", description: nil)), doubtful).ambiguousAt == nil)
    #expect(Self.hear(.operatorRuling(.failed, who: "jo", why: "seen"), doubtful).ambiguousAt == nil)
    #expect(Self.hear(.queryAnswer(.noInformation(detail: "")), doubtful).ambiguousAt == Self.now - 1)
  }

  @Test(
    "Order and phone rest for 120 s, and are told until when",
    arguments: [(0, true), (119_999_999, true), (120_000_000, false), (600_000_000, false)])
  func rests(ago: Microseconds, rests: Bool) throws {
    let doubtful = [try Self.old { $0.ambiguousAt = Self.now - ago }]
    let expected = rests ? Admission.coolingDown(until: Self.now - ago + Self.coolDown) : .admit
    #expect(
      AdmissionRules().admit(Self.order, ofOrder: doubtful, ofPhone: [], at: ClockReading(now: Self.now)) == expected)
    #expect(
      AdmissionRules().admit(Self.order, ofOrder: [], ofPhone: doubtful, at: ClockReading(now: Self.now)) == expected)
  }

  @Test("Of a live prompt and a doubt the later end is told")
  func later() throws {
    let live = try Self.old { $0.createdAt = Self.now - 100_000_000 }
    let doubtful = try Self.old { $0.ambiguousAt = Self.now - 50_000_000 }
    let rules = AdmissionRules()
    #expect(
      rules.admit(Self.order, ofOrder: [], ofPhone: [live, doubtful], at: ClockReading(now: Self.now))
        == .coolingDown(until: Self.now + 70_000_000))
    let fresh = try Self.old { $0.createdAt = Self.now - 10_000_000 }
    #expect(
      rules.admit(Self.order, ofOrder: [], ofPhone: [fresh, doubtful], at: ClockReading(now: Self.now))
        == .phoneBusy(until: Self.now + 110_000_000))
  }

  @Test("The order's own live prompt is still answered with itself")
  func openFirst() throws {
    let open = try Self.old { transaction in
      transaction.createdAt = Self.now - 1
      transaction.ambiguousAt = Self.now
    }
    #expect(
      AdmissionRules().admit(Self.order, ofOrder: [open], ofPhone: [open], at: ClockReading(now: Self.now))
        == .alreadyOpen(open.id))
  }
}
