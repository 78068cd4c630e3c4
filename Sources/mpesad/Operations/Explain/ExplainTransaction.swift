import Payments
import Store

/// Tells the whole story of a payment: what was asked for, what came, what was made of it, and how each thing is known.
struct ExplainTransaction: Operation {
  static let name = "explain"
  /// Deliveries in one story at most. A payment has one or two; a flood of repetitions is cut off.
  static let maximumDeliveries = 200

  struct Answer: Codable, Sendable {
    var order: OrderRecord
    var transaction: TransactionRecord
    /// Where it stands and what comes next, in words.
    var standing: String
    /// Oldest first.
    var story: [StoryLine]
  }

  var transaction: Int64
  var showPhone: Bool

  func perform(at desk: OperatorDesk) async throws -> Answer {
    let found = try await desk.transaction(transaction)
    guard let order = try await desk.store.order(found.orderID) else {
      throw OperationError(.failed, "The order of transaction \(transaction) is missing.")
    }
    let mask = PhoneMask(showing: showPhone, phone: found.phone)
    let events = try await desk.store.timeline(of: found.id)
    let deliveries = try await desk.store.deliveries(of: found.id, limit: Self.maximumDeliveries)
    let webhooks = try await desk.store.webhookStory(of: found.id)
    if showPhone { desk.audit.operated(desk.actor, "looked at the full phone number", transaction: found.id) }
    // What came stands before what was made of it, also where both have one time.
    let story =
      [StoryLine(order)] + deliveries.map { StoryLine($0, of: found, mask: mask) } + events.map { StoryLine($0) }
      + webhooks
    return Answer(
      order: OrderRecord(order, checkout: desk.checkout),
      transaction: TransactionRecord(found, showPhone: showPhone),
      standing: Self.standing(of: found, order), story: story.sortedByTime)
  }

  private static func standing(of transaction: Transaction, _ order: Order) -> String {
    let reason = transaction.reason.map { ": " + $0.rawValue } ?? ""
    let flags = transaction.flags.isEmpty ? "" : ", \(transaction.flags.names.joined(separator: ", "))"
    let beginning =
      "Transaction \(transaction.id) over \(transaction.amount) is \(transaction.status.rawValue)\(reason)\(flags)."
    return beginning + " " + next(for: transaction, order)
  }

  private static func next(for transaction: Transaction, _ order: Order) -> String {
    switch transaction.status {
    case .pending:
      return transaction.nextQueryAt.map { "Safaricom is asked at \(Moment($0)) if nothing comes before." }
        ?? "Nothing is left to ask."
    case .completed where transaction.flags.contains(.duplicatePayment):
      return "Order \(order.id) was paid twice: refund one."
    case .completed where transaction.flags.contains(.receiptMissing):
      return "Order \(order.id) is paid. The receipt is not known; the M-Pesa statement has it."
    case .completed: return "Order \(order.id) is paid."
    case .failed: return "Order \(order.id) is \(order.paidBy.map { "paid by transaction \($0)" } ?? "unpaid")."
    case .review:
      return "A person decides: mpesad transactions resolve \(transaction.id) completed|failed --reason \"...\""
    }
  }
}

extension [StoryLine] {
  /// Oldest first; those of one time stay in their order.
  var sortedByTime: [StoryLine] {
    enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
  }
}
