import Daraja
import GRDB
import Payments

/// Orders, transactions and timelines as SQL. Runs inside a transaction of the writer's.
struct Ledger {
  let db: Database

  func transaction(_ subject: Subject) throws -> Transaction? {
    switch subject {
    case .transaction(let id): try transaction(where: "id = ?", id.number)
    case .token(let token):
      try transaction(where: "id = ?", token.id.number).flatMap { token.fits($0.nonce) ? $0 : nil }
    case .checkoutRequestID(let text): try transaction(where: "checkout_request_id = ?", text)
    }
  }

  func transaction(where condition: String, _ argument: some DatabaseValueConvertible) throws -> Transaction? {
    let statement = try db.cachedStatement(sql: "SELECT \(Transaction.columns) FROM transactions WHERE \(condition)")
    return try Row.fetchOne(statement, arguments: [argument]).map(Transaction.init)
  }

  func transactions(where condition: String, _ arguments: StatementArguments) throws -> [Transaction] {
    let statement = try db.cachedStatement(sql: "SELECT \(Transaction.columns) FROM transactions WHERE \(condition)")
    return try Row.fetchAll(statement, arguments: arguments).map(Transaction.init)
  }

  func transactions(sql: String, _ arguments: StatementArguments) throws -> [Transaction] {
    try Row.fetchAll(try db.cachedStatement(sql: sql), arguments: arguments).map(Transaction.init)
  }

  func order(_ id: OrderID) throws -> Order? {
    let statement = try db.cachedStatement(sql: "SELECT \(Order.columns) FROM orders WHERE id = ?")
    return try Row.fetchOne(statement, arguments: [id.number]).map(Order.init)
  }

  /// Weighs evidence about a transaction and writes all that follows.
  /// - Parameter leavesEvent: false for what the timeline holds enough of. What the merchant is to be told of always leaves an event.
  func settle(
    _ transaction: Transaction, with evidence: Evidence, nextQueryAt: Microseconds?, delivery: DeliveryID?,
    leavesEvent: Bool = true, at now: Microseconds
  ) throws -> Decision {
    var circumstances = Circumstances(nextQueryAt: nextQueryAt)
    if case .callback(let callback, _) = evidence, let receipt = callback.receipt {
      circumstances.receiptHeldBy = try holder(of: receipt, except: transaction.id)
    }
    if let named = evidence.nameOfPush, named != transaction.checkoutRequestID {
      circumstances.checkoutHeldBy = try self.transaction(.checkoutRequestID(named))?.id
    }
    let order = try order(transaction.orderID)
    let payer = order?.paidBy
    circumstances.orderPaidBy = payer == transaction.id ? nil : payer
    let decision = Payments.settle(transaction, with: evidence, in: circumstances, at: now)
    if decision.transaction != transaction { try update(decision.transaction) }
    if decision.paysOrder {
      try db.cachedStatement(sql: "UPDATE orders SET paid_by = ? WHERE id = ? AND paid_by IS NULL")
        .execute(arguments: [transaction.id.number, transaction.orderID.number])
    }
    if leavesEvent || decision.notification != nil {
      try record(decision, delivery: delivery)
      if let event = WebhookEvent(decision, orderReference: order?.reference ?? "") {
        try OutboxLedger(db: db).add(event, as: db.lastInsertedRowID)
      }
    }
    if let known = decision.transaction.checkoutRequestID, known != transaction.checkoutRequestID {
      try release(parkedFor: known, at: now)
    }
    return decision
  }

  func insert(_ order: NewOrder, nonce: Nonce, at now: Microseconds) throws -> Order {
    try db.execute(
      sql: """
        INSERT INTO orders(amount, description, reference, created_by, created_at, expires_at, success_url, cancel_url, nonce)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        order.amount.cents, order.description, order.reference, order.createdBy, now, order.checkout.expiresAt,
        order.checkout.successURL, order.checkout.cancelURL, nonce.number,
      ])
    return Order(
      id: OrderID(db.lastInsertedRowID), amount: order.amount, description: order.description,
      reference: order.reference, paidBy: nil, createdBy: order.createdBy, createdAt: now, checkout: order.checkout,
      nonce: nonce)
  }

  func openPush(
    order id: OrderID, phone: MSISDN, createdBy: String, rules: AdmissionRules, firstQueryAt: Microseconds,
    nonce: Nonce, at clock: ClockReading
  ) throws -> PushOpening {
    let now = clock.now
    guard let order = try order(id) else { return .noSuchOrder }
    let admission = rules.admit(
      order,
      ofOrder: try transactions(
        where: "order_id = ? AND (status IN ('pending', 'review') OR ambiguous_at > ?)",
        [id.number, clock.cutoff(rules.coolDown)]),
      ofPhone: try transactions(
        where: "phone = ? AND status = 'pending' AND created_at > ?",
        [phone.digits, clock.cutoff(rules.promptLifetime)])
        + transactions(where: "phone = ? AND ambiguous_at > ?", [phone.digits, clock.cutoff(rules.coolDown)]),
      at: clock)
    guard admission == .admit else { return .refused(admission) }
    try db.cachedStatement(
      sql: """
        INSERT INTO transactions(order_id, amount, phone, created_by, created_at, push, status, flags, next_query_at, queries,
          nonce)
        VALUES (?, ?, ?, ?, ?, 'requested', 'pending', 0, ?, 0, ?)
        """
    ).execute(arguments: [id.number, order.amount.cents, phone.digits, createdBy, now, firstQueryAt, nonce.number])
    let transaction = Transaction(
      id: TransactionID(db.lastInsertedRowID), orderID: id, amount: order.amount, phone: phone, createdBy: createdBy,
      createdAt: now, nextQueryAt: firstQueryAt, nonce: nonce)
    let event = TimelineEvent(
      kind: .pushRequested, source: .push, detail: "A prompt over \(order.amount) to \(phone.masked).", at: now)
    try record(event, of: transaction, delivery: nil, notification: nil)
    return .opened(transaction, order)
  }

  private func holder(of receipt: Receipt, except id: TransactionID) throws -> TransactionID? {
    let statement = try db.cachedStatement(sql: "SELECT id FROM transactions WHERE receipt = ? AND id <> ?")
    return try Int64.fetchOne(statement, arguments: [receipt.text, id.number]).map { TransactionID($0) }
  }

  private func update(_ transaction: Transaction) throws {
    try db.cachedStatement(
      sql: """
        UPDATE transactions SET push = ?, checkout_request_id = ?, merchant_request_id = ?, status = ?, reason = ?, flags = ?,
          receipt = ?, received_amount = ?, result_code = ?, result_description = ?, settled_at = ?, next_query_at = ?,
          last_query_at = ?, queries = ?, ambiguous_at = ?, useless_answer_at = ?
        WHERE id = ?
        """
    ).execute(arguments: [
      transaction.push.rawValue, transaction.checkoutRequestID, transaction.merchantRequestID,
      transaction.status.rawValue, transaction.reason?.rawValue, transaction.flags.rawValue, transaction.receipt?.text,
      transaction.receivedAmount?.cents, transaction.resultCode?.text, transaction.resultDescription,
      transaction.settledAt, transaction.nextQueryAt, transaction.lastQueryAt, transaction.queries,
      transaction.ambiguousAt, transaction.uselessAnswerAt, transaction.id.number,
    ])
  }

  private func record(_ decision: Decision, delivery: DeliveryID?) throws {
    try record(
      decision.event, of: decision.transaction, delivery: delivery, notification: decision.notification)
  }

  private func record(
    _ event: TimelineEvent, of transaction: Transaction, delivery: DeliveryID?, notification: Notification?
  ) throws {
    let columns = "transaction_id, at, kind, source, delivery_id, result_code, detail, status, reason, notification"
    let values: StatementArguments = [
      transaction.id.number, event.at, event.kind.rawValue, event.source.rawValue, delivery?.number,
      event.resultCode?.text, event.detail, transaction.status.rawValue, transaction.reason?.rawValue,
      notification?.rawValue,
    ]
    if let number = try RowNumbers.takeMark(of: "events", db) {
      try db.execute(
        sql: "INSERT INTO events(\(columns), id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", arguments: values + [number]
      )
    } else {
      try db.cachedStatement(sql: "INSERT INTO events(\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
        .execute(arguments: values)
    }
  }

  /// A CheckoutRequestID became known: whatever was parked for it fits now, and so does what was given up as unmatched meanwhile and still
  /// has its bytes. What came to the own address of a transaction belongs to that one or to none.
  private func release(parkedFor checkoutRequestID: String, at now: Microseconds) throws {
    try db.cachedStatement(
      sql: "UPDATE inbox SET next_attempt_at = ? WHERE state = 'parked' AND checkout_request_id = ? AND token IS NULL"
    ).execute(arguments: [now, checkoutRequestID])
    _ = try UnprovenLedger(db: db, now: now).leave(
      """
      UPDATE inbox SET state = 'parked', next_attempt_at = ?, attempts = 0, note = NULL
      WHERE state = 'unmatched' AND checkout_request_id = ? AND purged_at IS NULL AND token IS NULL
      """, [now, checkoutRequestID])
  }
}
