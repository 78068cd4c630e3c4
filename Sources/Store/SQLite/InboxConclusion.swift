import Daraja
import GRDB
import Payments

/// What becomes of deliveries, as SQL. Runs inside a transaction of the writer's.
struct InboxConclusion {
  let db: Database
  let now: Microseconds

  /// Concludes deliveries in the order given. One that cannot be committed leaves the others alone: the round is then done again, each
  /// delivery in a savepoint of its own. Nearly always one savepoint serves them all, which costs a fraction.
  func conclude(_ findings: [(DeliveryID, Finding)]) throws -> [Conclusion] {
    let (together, _) = try inSavepoint { try findings.map { try weigh($0.0, $0.1) } }
    if let together { return together }
    return try findings.map { id, finding in
      let (conclusion, refusal) = try inSavepoint { try weigh(id, finding) }
      return conclusion ?? .refused(detail: refusal.map { ErrorText.of($0) } ?? "unknown")
    }
  }

  /// Undoes and returns an error that concerns only the work at hand; one of the engine's own is thrown and undoes the whole batch.
  private func inSavepoint<Value>(_ work: () throws -> Value) throws -> (Value?, (any Error)?) {
    var value: Value?
    do {
      try db.inSavepoint {
        value = try work()
        return .commit
      }
      return (value, nil)
    } catch {
      guard db.isInsideTransaction, !error.isEngineFailure else { throw error }
      return (nil, error)
    }
  }

  private func weigh(_ id: DeliveryID, _ finding: Finding) throws -> Conclusion {
    switch finding {
    case .quarantine(let reason):
      try set(id, .quarantined, note: reason)
      return .quarantined(reason: reason)
    case .evidence(let subject, let callback, let trust, let ifUnknown):
      let ledger = Ledger(db: db)
      guard let before = try ledger.transaction(subject) else { return try unmatched(id, callback, ifUnknown) }
      let decision = try ledger.settle(
        before, with: .callback(callback, trust), nextQueryAt: nil, delivery: id, at: now)
      try set(id, .settled, transaction: before.id)
      return .decided(before: before, decision)
    }
  }

  private func unmatched(_ id: DeliveryID, _ callback: STKCallback, _ ifUnknown: Unmatched) throws -> Conclusion {
    switch ifUnknown {
    case .park(let until):
      try db.cachedStatement(
        sql:
          "UPDATE inbox SET state = 'parked', next_attempt_at = ?, checkout_request_id = ?, attempts = 0 WHERE id = ?"
      ).execute(arguments: [until, callback.checkoutRequestID, id.number])
      return .parked(until: until)
    case .giveUp:
      try db.cachedStatement(sql: "UPDATE inbox SET checkout_request_id = ? WHERE id = ?")
        .execute(arguments: [callback.checkoutRequestID, id.number])
      try set(id, .unmatched, note: "No transaction has this CheckoutRequestID.")
      return .unmatched
    case .addressUnknown:
      // Nothing that becomes known later may take it up again, so that it is found under no name.
      try db.cachedStatement(sql: "UPDATE inbox SET checkout_request_id = NULL WHERE id = ?").execute(arguments: [
        id.number
      ])
      try set(id, .unmatched, note: Self.addressUnknown)
      return .unmatched
    }
  }

  /// For people: what it means that an address of ours leads to no transaction of ours.
  static let addressUnknown =
    "It came to the own address of a payment that is not in this database, for instance since an older copy was put back. Money may have "
    + "come that is unknown here: look for it in Safaricom's statement."

  private func set(
    _ id: DeliveryID, _ state: DeliveryState, transaction: TransactionID? = nil, note: String? = nil
  ) throws {
    try db.cachedStatement(
      sql: "UPDATE inbox SET state = ?, next_attempt_at = NULL, transaction_id = ?, note = ? WHERE id = ?"
    ).execute(arguments: [state.rawValue, transaction?.number, note, id.number])
  }
}
