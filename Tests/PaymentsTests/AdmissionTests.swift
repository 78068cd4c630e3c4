import Daraja
import Payments
import Testing

@Suite("Admission of a push")
struct AdmissionTests {
  private static let rules = AdmissionRules()
  private static let lifetime: Microseconds = 120_000_000
  private static let now = Example.now

  private static func order(cents: Int64 = 150_000, paidBy: TransactionID? = nil) -> Order {
    Order(
      id: OrderID(123), amount: Amount(cents: cents), description: "", reference: "A1", paidBy: paidBy, createdBy: "7",
      createdAt: Example.pushedAt)
  }

  private static func push(
    _ number: Int64, age: Microseconds, _ status: PaymentStatus = .pending
  ) throws -> Transaction {
    try Example.transaction { transaction in
      transaction.id = TransactionID(number)
      transaction.createdAt = now - age
      transaction.status = status
    }
  }

  private static func admit(
    _ order: Order, ofOrder: [Transaction] = [], ofPhone: [Transaction] = []
  ) -> Admission {
    rules.admit(order, ofOrder: ofOrder, ofPhone: ofPhone, at: ClockReading(now: now))
  }

  @Test("An unpaid order on a quiet phone is admitted")
  func admitted() { #expect(Self.admit(Self.order()) == .admit) }

  @Test("A paid order is not prompted for again, whatever else is true")
  func paid() throws {
    let live = try Self.push(1, age: 0)
    #expect(
      Self.admit(Self.order(cents: 1, paidBy: TransactionID(9)), ofOrder: [live], ofPhone: [live])
        == .orderPaid(by: TransactionID(9)))
  }

  @Test("An order in review waits for its ruling, since money may have come")
  func inReview() throws {
    let doubtful = try Self.push(2, age: 10 * Self.lifetime, .review)
    let live = try Self.push(1, age: 0)
    #expect(Self.admit(Self.order(), ofOrder: [live, doubtful]) == .orderInReview(TransactionID(2)))
  }

  @Test(
    "A live prompt is answered with itself; one older than its lifetime is no hindrance",
    arguments: [(0, true), (1, true), (119_999_999, true), (120_000_000, false), (600_000_000, false)])
  func alreadyOpen(age: Microseconds, live: Bool) throws {
    let open = try Self.push(5, age: age)
    #expect(Self.admit(Self.order(), ofOrder: [open]) == (live ? .alreadyOpen(TransactionID(5)) : .admit))
  }

  @Test("A push whose answer was lost counts as live, since its prompt may be", arguments: PushState.allCases)
  func uncertainIsLive(push: PushState) throws {
    var open = try Self.push(5, age: 1)
    open.push = push
    #expect(Self.admit(Self.order(), ofOrder: [open]) == .alreadyOpen(TransactionID(5)))
  }

  @Test("What is settled is no hindrance", arguments: [PaymentStatus.failed, .completed])
  func settled(status: PaymentStatus) throws {
    let settled = try Self.push(5, age: 1, status)
    #expect(Self.admit(Self.order(), ofOrder: [settled], ofPhone: [settled]) == .admit)
  }

  @Test("A phone with another order's live prompt is busy until the last of them has ended")
  func phoneBusy() throws {
    let prompts = [try Self.push(1, age: 100_000_000), try Self.push(2, age: 30_000_000)]
    #expect(
      Self.admit(Self.order(), ofPhone: prompts) == .phoneBusy(until: Self.now - 30_000_000 + Self.lifetime))
    #expect(Self.admit(Self.order(), ofPhone: [try Self.push(1, age: Self.lifetime)]) == .admit)
  }

  @Test("The open prompt of the same order comes before the busy phone")
  func openBeforeBusy() throws {
    let open = try Self.push(5, age: 1)
    #expect(Self.admit(Self.order(), ofOrder: [open], ofPhone: [open]) == .alreadyOpen(TransactionID(5)))
  }

  @Test(
    "A prompt asks for whole shillings from 1 to 250,000",
    arguments: [
      (1, false), (99, false), (100, true), (101, false), (150_000, true), (150_050, false), (25_000_000, true),
      (25_000_100, false), (0, false), (-100, false), (Int64.max, false), (Int64.min, false),
    ])
  func amounts(cents: Int64, admitted: Bool) {
    #expect(Self.admit(Self.order(cents: cents)) == (admitted ? .admit : .amountNotPromptable))
  }

  @Test("Limits and lifetime are settings")
  func settings() throws {
    let rules = AdmissionRules(
      promptLifetime: 10, minimum: Amount(cents: 1_000), maximum: Amount(cents: 2_000))
    #expect(
      rules.admit(Self.order(cents: 900), ofOrder: [], ofPhone: [], at: ClockReading(now: Self.now))
        == .amountNotPromptable)
    #expect(
      rules.admit(
        Self.order(cents: 2_000), ofOrder: [try Self.push(1, age: 10)], ofPhone: [], at: ClockReading(now: Self.now))
        == .admit)
    #expect(rules.isLive(try Self.push(1, age: 9), at: ClockReading(now: Self.now)))
    #expect(!rules.isLive(try Self.push(1, age: 10), at: ClockReading(now: Self.now)))
  }
}
