import Daraja
import GRDB
import Payments

/// What becomes of deliveries, as SQL. Runs inside a transaction of the writer's.
struct InboxConclusion {
  let db: Database
  let now: Microseconds

  /// Concludes one delivery inside a savepoint of its own, so that one that cannot be committed leaves the others alone.
  func conclude(_ id: DeliveryID, _ finding: Finding) throws -> Conclusion {
    var conclusion = Conclusion.unmatched
    do {
      try db.inSavepoint {
        conclusion = try weigh(id, finding)
        return .commit
      }
    } catch {
      guard db.isInsideTransaction, !error.isEngineFailure else { throw error }
      return .refused(detail: String(describing: error))
    }
    return conclusion
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
      try set(id, .unmatched, note: "No transaction has this CheckoutRequestID.")
      return .unmatched
    }
  }

  private func set(
    _ id: DeliveryID, _ state: DeliveryState, transaction: TransactionID? = nil, note: String? = nil
  ) throws {
    try db.cachedStatement(
      sql: "UPDATE inbox SET state = ?, next_attempt_at = NULL, transaction_id = ?, note = ? WHERE id = ?"
    ).execute(arguments: [state.rawValue, transaction?.number, note, id.number])
  }
}
