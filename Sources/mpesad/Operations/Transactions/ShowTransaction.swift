import Payments

/// Looks a transaction up.
struct ShowTransaction: Operation {
  static let name = "transactions-show"

  var transaction: Int64
  var showPhone: Bool

  func perform(at desk: OperatorDesk) async throws -> TransactionRecord {
    let found = try await desk.transaction(transaction)
    if showPhone { desk.audit.operated(desk.actor, "looked at the full phone number", transaction: found.id) }
    return TransactionRecord(found, showPhone: showPhone)
  }
}

extension OperatorDesk {
  /// The transaction of this number.
  /// - Throws: ``OperationError`` when there is none.
  func transaction(_ number: Int64) async throws -> Transaction {
    guard let found = try await store.transaction(TransactionID(number)) else {
      throw OperationError(.notFound, "There is no transaction \(number).")
    }
    return found
  }
}
