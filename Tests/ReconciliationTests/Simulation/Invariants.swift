import Daraja
import Payments

@testable import Store

/// What must be true when everything that could happen has happened.
extension World {
  func broken() async throws -> [String] {
    var broken = violations
    if try await store.nextQuestionDue() != nil { broken.append("a question is left") }
    if try await store.nextParkedDue() != nil { broken.append("a delivery is still parked") }
    if try await store.census().transactions[.pending] != 0 { broken.append("a transaction is still pending") }
    broken += try await brokenDeliveries()
    var transactions: [Transaction] = []
    var number: Int64 = 1
    while let transaction = try await store.transaction(TransactionID(number)) {
      transactions.append(transaction)
      number += 1
    }
    for transaction in transactions { broken += try await brokenStory(transaction) }
    for order in orders { broken += try await brokenOrder(order, transactions.filter { $0.orderID == order }) }
    broken += try await brokenOutbox()
    let receipts = transactions.compactMap(\.receipt)
    if Set(receipts).count != receipts.count { broken.append("a receipt stands twice: \(receipts)") }
    return broken
  }

  /// What was acknowledged is somewhere where people can see it, and only what nothing could be made of is quarantined.
  private func brokenDeliveries() async throws -> [String] {
    var broken: [String] = []
    for id in accepted {
      guard let delivery = try await store.delivery(id) else {
        broken.append("delivery \(id) is lost")
        continue
      }
      let crashed = delivery.note?.contains("times") == true && delivery.attempts > 3
      let nameless = delivery.token == nil && delivery.note?.contains("names no CheckoutRequestID") == true
      switch delivery.state {
      case .settled, .unmatched: continue
      case .quarantined where garbage.contains(id) || crashed || nameless: continue
      case .quarantined, .received, .parked, .discarded:
        broken.append("delivery \(id) is \(delivery.state) (\(delivery.note ?? "no note"))")
      }
    }
    return broken
  }

  /// What Safaricom knows to be true has come out, or a person is asked.
  private func brokenStory(_ transaction: Transaction) async throws -> [String] {
    var broken: [String] = []
    let paid = prompts[transaction.id]?.paid ?? false
    switch (paid, transaction.status) {
    case (true, .completed), (true, .review), (false, .failed), (false, .review): break
    default: broken.append("transaction \(transaction.id) was \(paid ? "" : "not ")paid and is \(transaction.status)")
    }
    let statuses = try await store.timeline(of: transaction.id).map(\.status)
    if let first = statuses.firstIndex(of: .completed), statuses[first...].contains(where: { $0 != .completed }) {
      broken.append("transaction \(transaction.id) left completed: \(statuses)")
    }
    if statuses.last != transaction.status {
      broken.append("transaction \(transaction.id) does not agree with its timeline")
    }
    return broken
  }

  /// Each notification that was decided is in the outbox, under its event's number; nothing else is.
  private func brokenOutbox() async throws -> [String] {
    let different = try await store.read { db in
      try Int.fetchOne(
        db,
        sql: """
          SELECT count(*) FROM events LEFT JOIN outbox ON outbox.id = events.id
          WHERE events.notification IS NOT outbox.notification
          """)
    }
    let notifications = try await store.read { db in
      try Int.fetchOne(db, sql: "SELECT count(*) FROM events WHERE notification IS NOT NULL")
    }
    let entries = try await store.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM outbox") }
    return different == 0 && notifications == entries
      ? [] : ["\(notifications ?? -1) notifications, \(entries ?? -1) in the outbox, \(different ?? -1) of them wrong"]
  }

  /// The order's money is counted once, and a second payment is marked for a refund.
  private func brokenOrder(_ id: OrderID, _ transactions: [Transaction]) async throws -> [String] {
    let credits = transactions.filter { $0.status == .completed && !$0.flags.contains(.duplicatePayment) }
    let payer = try await store.order(id)?.paidBy
    return credits.map(\.id) == (payer.map { [$0] } ?? [])
      ? [] : ["order \(id) is paid by \(String(describing: payer)), credits \(credits.map(\.id))"]
  }

  /// Everything that was decided, in order: two runs of one seed must give the same.
  func chronicle() async throws -> [String] {
    var lines: [String] = []
    var number: Int64 = 1
    while try await store.transaction(TransactionID(number)) != nil {
      for event in try await store.timeline(of: TransactionID(number)) {
        lines.append("\(number) \(event.event.at) \(event.event.kind) \(event.status) \(event.event.detail)")
      }
      number += 1
    }
    return lines
  }
}
