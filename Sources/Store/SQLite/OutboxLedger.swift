import Daraja
import Foundation
import GRDB
import Payments

/// The outbox as SQL. Runs inside a transaction of the writer's.
struct OutboxLedger {
  let db: Database

  /// Writes down what a decision is to tell. Due at once: whether there is anybody to tell is not the ledger's concern.
  func add(_ event: WebhookEvent, as id: Int64) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO outbox(id, transaction_id, notification, created_at, payload, next_attempt_at) VALUES (?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      id, event.transaction.id.number, event.notification.rawValue, event.event.at, Data(event.body), event.event.at,
    ])
  }

  func conclude(_ attempt: OutboxAttempt, of id: OutboxID, _ verdict: OutboxVerdict) throws {
    let end = attempt.at + attempt.duration
    let (state, next, note): (OutboxState, Microseconds?, String?) =
      switch verdict {
      case .delivered: (.delivered, nil, nil)
      case .parked(let note): (.parked, nil, note)
      case .retry(let next): (.waiting, next, nil)
      }
    try db.cachedStatement(
      sql: """
        UPDATE outbox SET state = ?, attempts = attempts + 1, first_attempt_at = ifnull(first_attempt_at, ?), next_attempt_at = ?,
          finished_at = ?, note = ?
        WHERE id = ? AND state = 'waiting'
        """
    ).execute(arguments: [state.rawValue, attempt.at, next, next == nil ? end : nil, note, id.number])
    guard db.changesCount > 0 else { return }
    try keep(attempt, of: id)
    if let next { try hold(behind: id, until: next) } else { try release(behind: id, at: end) }
  }

  /// What was never tried is due since it was decided, or since a person had it sent again.
  func giveUpUnaddressed(dueBefore cutoff: Microseconds, limit: Int, at now: Microseconds) throws -> Int {
    try db.cachedStatement(
      sql: """
        UPDATE outbox SET state = 'unaddressed', next_attempt_at = NULL, finished_at = ?, note = ?
        WHERE id IN (
          SELECT id FROM outbox WHERE state = 'waiting' AND next_attempt_at < ? AND attempts = 0 ORDER BY next_attempt_at LIMIT ?)
        """
    ).execute(arguments: [now, "No webhook address was set in time.", cutoff, limit])
    return db.changesCount
  }

  func resend(_ id: OutboxID, at now: Microseconds) throws -> Resending {
    let found = try Row.fetchOne(
      try db.cachedStatement(sql: "SELECT purged_at FROM outbox WHERE id = ?"), arguments: [id.number])
    guard let found else { return .noSuchEntry }
    if let purgedAt: Microseconds = found[0] { return .purged(at: purgedAt) }
    try db.cachedStatement(
      sql: """
        UPDATE outbox SET state = 'waiting', attempts = 0, first_attempt_at = NULL, next_attempt_at = ?, finished_at = NULL,
          note = 'A person has it sent again.'
        WHERE id = ?
        """
    ).execute(arguments: [now, id.number])
    return .due
  }

  /// Whatever waits behind an event waits as long as it does. Without this, all that waits behind a failing receiver would be looked at
  /// each time.
  private func hold(behind id: OutboxID, until next: Microseconds) throws {
    try db.cachedStatement(
      sql: """
        UPDATE outbox SET next_attempt_at = ?
        WHERE transaction_id = (SELECT transaction_id FROM outbox WHERE id = ?) AND id > ? AND state = 'waiting'
          AND next_attempt_at < ?
        """
    ).execute(arguments: [next, id.number, id.number, next])
  }

  /// What waits behind an event that is finished, and was never tried itself, is due.
  private func release(behind id: OutboxID, at now: Microseconds) throws {
    try db.cachedStatement(
      sql: """
        UPDATE outbox SET next_attempt_at = ?
        WHERE transaction_id = (SELECT transaction_id FROM outbox WHERE id = ?) AND id > ? AND state = 'waiting'
          AND attempts = 0 AND next_attempt_at > ?
        """
    ).execute(arguments: [now, id.number, id.number, now])
  }

  private func keep(_ attempt: OutboxAttempt, of id: OutboxID) throws {
    try db.cachedStatement(
      sql: "INSERT INTO outbox_attempts(outbox_id, at, duration, status, answer) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: [id.number, attempt.at, attempt.duration, attempt.status, attempt.answer])
    try db.cachedStatement(
      sql: """
        DELETE FROM outbox_attempts WHERE outbox_id = ? AND id <= (
          SELECT id FROM outbox_attempts WHERE outbox_id = ? ORDER BY id DESC LIMIT 1 OFFSET \(OutboxAttempt.keptAttempts))
        """
    ).execute(arguments: [id.number, id.number])
  }
}
