import Daraja
import Payments
import Testing

@testable import Gateway

@Suite("Where an order stands for its shopper")
struct CheckoutStandingTests {
  static let second: Microseconds = 1_000_000
  static let now = TestGateway.now

  static func order(paidBy: Int64? = nil, expiresIn seconds: Int64? = nil) -> Order {
    var order = Order.example(paidBy: paidBy.map { TransactionID($0) })
    order.checkout.expiresAt = seconds.map { now + $0 * second }
    return order
  }

  /// A transaction that was begun so many seconds ago.
  static func transaction(
    _ id: Int64 = 1, _ status: PaymentStatus = .pending, _ reason: Reason? = nil, push: PushState = .accepted,
    ago seconds: Int64 = 10, ambiguousAgo: Int64? = nil
  ) throws -> Transaction {
    var transaction = try Transaction.example(id: id)
    transaction.createdAt = now - seconds * second
    transaction.status = status
    transaction.reason = reason
    transaction.push = push
    transaction.ambiguousAt = ambiguousAgo.map { now - $0 * second }
    return transaction
  }

  static func standing(_ order: Order, _ ofOrder: [Transaction], ofPhone: [Transaction] = []) -> CheckoutStanding {
    CheckoutStanding(order, ofOrder: ofOrder, ofPhone: ofPhone, rules: AdmissionRules(), at: ClockReading(now: now))
  }

  static let reasons: [(Reason, CheckoutState)] = [
    (.cancelled, .cancelled), (.timeout, .unreachable), (.promptFailed, .unreachable),
    (.insufficientFunds, .insufficientFunds), (.wrongPIN, .wrongPIN), (.pinLocked, .pinLocked), (.limit, .limit),
    (.merchantLimit, .failedOtherwise), (.invalidParty, .failedOtherwise), (.configuration, .failedOtherwise),
    (.badDebt, .failedOtherwise), (.pushRejected, .failedOtherwise), (.ruledFailed, .failedOtherwise),
    (.amountMismatch, .review), (.receiptReused, .review), (.contradictory, .review), (.unanswered, .review),
  ]

  @Test("Every reason has its state", arguments: reasons)
  func reason(reason: Reason, state: CheckoutState) throws {
    let status: PaymentStatus = state == .review ? .review : .failed
    let standing = Self.standing(Self.order(), [try Self.transaction(1, status, reason)])
    #expect(standing.state == state)
    #expect(standing.retry == (state == .review ? .never : .now))
    #expect(Set(Self.reasons.map(\.0)) == Set(Reason.allCases))
  }

  @Test(
    "A prompt goes through its states by the clock alone, and no silence makes it fail",
    arguments: [
      (0, PushState.requested, CheckoutState.sending, 90), (10, .accepted, .prompted, 80),
      (89, .accepted, .prompted, 1),
      (90, .accepted, .checking, 30), (10, .uncertain, .checking, 80), (119, .accepted, .checking, 1),
      (120, .accepted, .stillChecking, nil), (170_000, .accepted, .stillChecking, nil),
      (170_000, .requested, .stillChecking, nil),
    ] as [(Int64, PushState, CheckoutState, Int64?)])
  func waiting(ago: Int64, push: PushState, state: CheckoutState, next: Int64?) throws {
    let standing = Self.standing(Self.order(), [try Self.transaction(push: push, ago: ago)])
    #expect(standing.state == state)
    #expect(standing.nextChange == next.map { Self.now + $0 * Self.second })
    #expect(standing.retry == (state == .stillChecking ? .now : .never))
    #expect(!standing.state.isFailure)
  }

  @Test("Nothing sent yet: ready; past its time: expired, unless money moves or may have moved")
  func expiry() throws {
    #expect(Self.standing(Self.order(), []).state == .ready)
    #expect(Self.standing(Self.order(expiresIn: 1), []).nextChange == Self.now + Self.second)
    let over = Self.order(expiresIn: 0)
    #expect(Self.standing(over, []).state == .expired)
    #expect(Self.standing(over, [try Self.transaction(1, .failed, .cancelled)]).state == .expired)
    #expect(Self.standing(over, [try Self.transaction()]).state == .prompted)
    #expect(Self.standing(over, [try Self.transaction(ago: 500)]).state == .stillChecking)
    #expect(Self.standing(over, [try Self.transaction(ago: 500)]).retry == .never)
    #expect(Self.standing(over, [try Self.transaction(1, .review, .contradictory)]).state == .review)
    var paid = over
    paid.paidBy = TransactionID(1)
    #expect(Self.standing(paid, [try Self.transaction(1, .completed)]).state == .paid)
  }

  @Test("Paid is paid, whatever else was tried")
  func paid() throws {
    let tries = [
      try Self.transaction(3, .failed, .cancelled), try Self.transaction(2, .review, .amountMismatch),
      try Self.transaction(1, .completed, ago: 600),
    ]
    let standing = Self.standing(Self.order(paidBy: 1), tries)
    #expect(standing.state == .paid && standing.transaction?.id == TransactionID(1) && standing.retry == .never)
    #expect(standing.nextChange == nil)
  }

  @Test("The newest try is told; an older one whose end is unknown is not forgotten")
  func olderDoubt() throws {
    let tries = [try Self.transaction(2, .failed, .cancelled), try Self.transaction(1, ago: 300)]
    let standing = Self.standing(Self.order(), tries)
    #expect(standing.state == .cancelled && standing.hasOlderDoubt)
    #expect(!Self.standing(Self.order(), [tries[0]]).hasOlderDoubt)
  }

  @Test("Another prompt is offered when the guard admits it, and not before")
  func retry() throws {
    let doubtful = try Self.transaction(1, .failed, .timeout, ago: 60, ambiguousAgo: 20)
    let cooling = Self.standing(Self.order(), [doubtful])
    #expect(cooling.retry == .after(Self.now + 100 * Self.second) && cooling.nextChange == Self.now + 100 * Self.second)
    let failed = try Self.transaction(1, .failed, .cancelled)
    var elsewhere = try Self.transaction(9, ago: 30)
    elsewhere.orderID = OrderID(99)
    #expect(Self.standing(Self.order(), [failed], ofPhone: [elsewhere]).retry == .after(Self.now + 90 * Self.second))
    var odd = Self.order()
    odd.amount = Amount(cents: 150)
    #expect(Self.standing(odd, []).retry == .never)
  }

  @Test("Safaricom can be asked about what is open and has a name there")
  func asking() throws {
    #expect(Self.standing(Self.order(), [try Self.transaction()]).canBeAsked)
    #expect(Self.standing(Self.order(), [try Self.transaction(ago: 500)]).canBeAsked)
    var nameless = try Self.transaction(push: .uncertain)
    nameless.checkoutRequestID = nil
    #expect(!Self.standing(Self.order(), [nameless]).canBeAsked)
    #expect(!Self.standing(Self.order(), [try Self.transaction(1, .failed, .cancelled)]).canBeAsked)
  }
}
