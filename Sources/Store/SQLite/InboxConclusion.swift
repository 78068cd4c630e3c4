import Daraja
import GRDB
import Payments

/// What becomes of deliveries, as SQL. Runs inside a transaction of the writer's.
struct InboxConclusion {
  let db: Database
  let now: Microseconds
  /// How much is kept of what proves nothing.
  let budget: UnprovenBudget

  /// How many more messages may be parked in this round; nil until one is to be. Counted once a round.
  private final class ParkingRoom {
    var left: Int?
  }
  private let room = ParkingRoom()

  init(db: Database, now: Microseconds, budget: UnprovenBudget) {
    self.db = db
    self.now = now
    self.budget = budget
  }

  private var unproven: UnprovenLedger { UnprovenLedger(db: db, now: now) }

  /// Concludes deliveries in the order given. One that cannot be committed leaves the others alone: the round is then done again, each
  /// delivery in a savepoint of its own. Nearly always one savepoint serves them all, which costs a fraction.
  func conclude(_ findings: [(DeliveryID, Finding)]) throws -> [Conclusion] {
    let conclusions = try weigh(findings)
    let added = conclusions.count(where: \.addsUnproven)
    if added > 0 {
      // What keeps this from succeeding must not keep callbacks from being settled. Whoever purges by the clock meets and tells it, too.
      _ = try inSavepoint {
        try unproven.makeRoom(in: budget, limit: UnprovenLedger.mostRemoved(adding: added))
      }
    }
    return conclusions
  }

  private func weigh(_ findings: [(DeliveryID, Finding)]) throws -> [Conclusion] {
    let (together, _) = try inSavepoint { try findings.map { try weigh($0.0, $0.1) } }
    if let together { return together }
    // What was parked is undone: it is counted anew.
    room.left = nil
    return try findings.map { id, finding in
      let (conclusion, refusal) = try inSavepoint { try weigh(id, finding) }
      if conclusion == nil { try keepName(of: id, finding) }
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
      try unproven.entered(id)
      return .quarantined(reason: reason)
    case .evidence(let subject, let callback, let trust, let ifUnknown):
      let ledger = Ledger(db: db)
      guard let before = try ledger.transaction(subject) else { return try unmatched(id, callback, ifUnknown) }
      let leavesEvent = try trust != .none || unproven.mayLeaveEvent(about: before.id)
      let decision = try ledger.settle(
        before, with: .callback(callback, trust), nextQueryAt: nil, delivery: id, leavesEvent: leavesEvent, at: now)
      try set(id, .settled, transaction: before.id)
      guard leavesEvent else {
        try unproven.exceeded(id)
        return .counted(before: before, decision)
      }
      return .decided(before: before, decision)
    }
  }

  /// What could not be committed will be quarantined: then its row must tell which payment it is about.
  private func keepName(of id: DeliveryID, _ finding: Finding) throws {
    guard case .evidence(_, let callback, _, _) = finding, let name = callback.checkoutRequestID else { return }
    try db.cachedStatement(sql: "UPDATE inbox SET checkout_request_id = ? WHERE id = ?")
      .execute(arguments: [name, id.number])
  }

  private func unmatched(_ id: DeliveryID, _ callback: STKCallback, _ ifUnknown: Unmatched) throws -> Conclusion {
    switch ifUnknown {
    case .park(let until):
      guard try mayPark(id) else {
        return try giveUp(
          id, callback,
          note:
            "No transaction has this CheckoutRequestID, and \(budget.parked) messages were parked: it was not parked, too."
        )
      }
      try db.cachedStatement(
        sql:
          "UPDATE inbox SET state = 'parked', next_attempt_at = ?, checkout_request_id = ?, attempts = 0 WHERE id = ?"
      ).execute(arguments: [until, callback.checkoutRequestID, id.number])
      return .parked(until: until)
    case .giveUp: return try giveUp(id, callback, note: "No transaction has this CheckoutRequestID.")
    case .addressUnknown:
      // Nothing that becomes known later may take it up again, so that it is found under no name.
      try db.cachedStatement(sql: "UPDATE inbox SET checkout_request_id = NULL WHERE id = ?").execute(arguments: [
        id.number
      ])
      try set(id, .unmatched, note: Self.addressUnknown)
      return .unmatched
    }
  }

  private func giveUp(_ id: DeliveryID, _ callback: STKCallback, note: String) throws -> Conclusion {
    try db.cachedStatement(sql: "UPDATE inbox SET checkout_request_id = ? WHERE id = ?")
      .execute(arguments: [callback.checkoutRequestID, id.number])
    try set(id, .unmatched, note: note)
    try unproven.entered(id)
    return .unmatched
  }

  /// Whether a message may be parked. One that is parked keeps its place, so that a flood drives no earlier message out.
  private func mayPark(_ id: DeliveryID) throws -> Bool {
    let isParked = try db.cachedStatement(sql: "SELECT state = 'parked' FROM inbox WHERE id = ?")
    if try Bool.fetchOne(isParked, arguments: [id.number]) ?? false { return true }
    let left = try room.left ?? countRoom()
    guard left > 0 else {
      room.left = 0
      return false
    }
    room.left = left - 1
    return true
  }

  /// Reads no more of the index than the bound. Nothing with a token is parked, so that the token need not be looked at.
  private func countRoom() throws -> Int {
    let count = try db.cachedStatement(
      sql: "SELECT count(*) FROM (SELECT 1 FROM inbox INDEXED BY inbox_parked WHERE state = 'parked' LIMIT ?)")
    return max(budget.parked - (try Int.fetchOne(count, arguments: [budget.parked]) ?? 0), 0)
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

extension Conclusion {
  /// Whether it may have left one more message that proves nothing.
  fileprivate var addsUnproven: Bool {
    switch self {
    case .unmatched, .quarantined, .counted: true
    case .decided, .parked, .refused: false
    }
  }
}
