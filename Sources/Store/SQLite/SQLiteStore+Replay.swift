public import Daraja
public import Payments

extension SQLiteStore: ReplayingStore {
  /// They become parked with their time come, and not `received`: the workers read arrivals behind the last one they have seen, and these came
  /// before it.
  public func replay(_ deliveries: [DeliveryID], note: String, at now: Microseconds) async throws -> [DeliveryID] {
    let replayed = try await write { db in
      let ledger = UnprovenLedger(db: db, now: now)
      return try deliveries.flatMap { id in
        try ledger.leave(
          """
          UPDATE inbox SET state = 'parked', next_attempt_at = ?, checkout_request_id = NULL, attempts = 0, note = ?
          WHERE id = ? AND state IN ('unmatched', 'quarantined') AND purged_at IS NULL
          """, [now, note, id.number])
      }
    }
    if !replayed.isEmpty { wakeWorkers() }
    return replayed
  }
}
