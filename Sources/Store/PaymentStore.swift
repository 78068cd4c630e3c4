public import Daraja
public import Payments

/// What must last: the inbox, the orders and the transactions with their timelines.
///
/// Every function that writes returns only when its work is committed and on the disk; if it throws, nothing of it happened.
/// Engines are interchangeable: all of them pass the suite in `Tests/StoreConformance`.
public protocol PaymentStore: Sendable {
  // MARK: Inbox

  /// Makes a delivery durable. `then` is called once, after the bytes are on the disk, on a thread of the
  /// store's; a refusal for want of room may also come on the caller's thread, before this returns.
  ///
  /// This is the only thing between a callback and its 200. Fails with ``StoreError/overloaded``, ``StoreError/unavailable(detail:)``
  /// or ``StoreError/closed``, and then holds nothing.
  func append(_ delivery: NewDelivery, then: @escaping @Sendable (Result<Acceptance, StoreError>) -> Void)

  /// Has `notify` called each time after a number of `then` functions were called in a row, so that their listeners can be woken together.
  /// - Returns: whether this engine does so. One that does not answers each delivery by itself.
  func notifyAfterAnswers(_ notify: @escaping @Sendable () -> Void) -> Bool

  /// Ticks when deliveries may have come in since the last tick. For one listener.
  var arrivals: AsyncStream<Void> { get }

  /// Deliveries nobody has settled, in order of arrival, after `last`.
  func received(after last: DeliveryID?, limit: Int) async throws -> [Delivery]

  /// Parked deliveries whose time has come, in order of arrival.
  func parked(dueAt now: Microseconds, limit: Int) async throws -> [Delivery]

  /// When the next parked delivery is due, or nil when none is parked.
  func nextParkedDue() async throws -> Microseconds?

  /// Counts one attempt on each, before the work on them begins.
  func claim(_ deliveries: [DeliveryID]) async throws

  /// Weighs what was found in deliveries, in the order given, and commits all that follows: statuses, receipts, orders, timelines and the
  /// deliveries' own states. One answer for each.
  func conclude(_ findings: [(DeliveryID, Finding)], at now: Microseconds) async throws -> [Conclusion]

  /// One delivery, or nil.
  func delivery(_ id: DeliveryID) async throws -> Delivery?

  /// The newest deliveries in a state.
  func deliveries(in state: DeliveryState, limit: Int) async throws -> [Delivery]

  // MARK: Ledger

  /// Makes an order.
  func createOrder(_ order: NewOrder, at now: Microseconds) async throws -> Order

  /// One order, or nil.
  func order(_ id: OrderID) async throws -> Order?

  /// Commits the intent to send a push, if the rules admit one. Two callers at once get one push.
  func openPush(
    order: OrderID, phone: MSISDN, createdBy: String, rules: AdmissionRules, firstQueryAt: Microseconds,
    at clock: ClockReading
  ) async throws -> PushOpening

  /// Weighs evidence that did not come through the inbox and commits all that follows. Nil when there is no such transaction.
  /// - Parameter nextQueryAt: when to ask next if the evidence settles nothing; nil when the schedule is exhausted.
  func settle(
    _ id: TransactionID, with evidence: Evidence, nextQueryAt: Microseconds?, at now: Microseconds
  ) async throws -> (before: Transaction, decision: Decision)?

  /// One transaction, or nil.
  func transaction(_ id: TransactionID) async throws -> Transaction?

  /// Transactions of an age whose next question is due, most overdue first, and after them those whose next question lies further ahead than
  /// any wait that is planned.
  func questionsDue(_ age: PaymentAge, at now: Microseconds, longestWait: Microseconds, limit: Int) async throws
    -> [Transaction]

  /// How many such transactions there are, of each age.
  func countQuestionsDue(at now: Microseconds, longestWait: Microseconds) async throws -> [PaymentAge: Int]

  /// When the next question after a moment is due, or nil when there is none.
  func nextQuestionDue(after moment: Microseconds) async throws -> Microseconds?

  /// Transactions whose push is unanswered since before this store was opened, in order: an earlier run of the program began them.
  func unansweredPushes(limit: Int) async throws -> [Transaction]

  /// A transaction's timeline, oldest first.
  func timeline(of id: TransactionID) async throws -> [StoredEvent]

  /// Transactions whose push was not sent, although the intent may have been committed: the commit's outcome was unknown, and the caller was
  /// told that nothing was sent.
  func unsentPushes(limit: Int) async throws -> Set<TransactionID>

  /// What became of these unsent pushes is committed; they are not listed any more.
  func forgetUnsentPushes(_ ids: [TransactionID]) async throws

  // MARK: The store itself

  /// Waits until what was stored earlier can be read. An engine that opens only what it can use returns at once.
  /// - Throws: ``StoreError/closed`` when the store closes before.
  func whenOpen() async throws

  /// How much of each kind there is.
  func census() async throws -> Census

  /// Refuses new work, finishes what was taken, and closes. Safe to call twice.
  func close() async
}

extension PaymentStore {
  /// Commits the intent to send a push, by a clock that nothing speaks against.
  public func openPush(
    order: OrderID, phone: MSISDN, createdBy: String, rules: AdmissionRules, firstQueryAt: Microseconds,
    at now: Microseconds
  ) async throws -> PushOpening {
    try await openPush(
      order: order, phone: phone, createdBy: createdBy, rules: rules, firstQueryAt: firstQueryAt,
      at: ClockReading(now: now))
  }
  /// When the earliest question that is left is due, or nil when none is left.
  public func nextQuestionDue() async throws -> Microseconds? { try await nextQuestionDue(after: .min) }

  /// Returns at once.
  public func whenOpen() async throws {}

  /// None: an engine that knows what became of each commit has no such pushes.
  public func unsentPushes(limit: Int) async throws -> Set<TransactionID> { [] }

  /// Nothing to forget.
  public func forgetUnsentPushes(_ ids: [TransactionID]) async throws {}

  /// Answers one by one.
  public func notifyAfterAnswers(_ notify: @escaping @Sendable () -> Void) -> Bool { false }

  /// Makes a delivery durable; see ``append(_:then:)``.
  public func append(_ delivery: NewDelivery) async throws -> Acceptance {
    try await withCheckedThrowingContinuation { continuation in
      append(delivery) { result in continuation.resume(with: result) }
    }
  }
}
