import Hummingbird
import Payments
import Store

extension PaymentStore {
  /// The transaction that the request's path names, if the caller may see it.
  func transaction(of context: APIContext) async throws -> Transaction {
    try await transaction(TransactionID(try context.number(orElse: .transactionNotFound)), visibleTo: context)
  }

  /// A transaction, if the caller may see it. Another user's is answered like one that is not there: it holds a phone number, and
  /// numbers must not be tried.
  func transaction(_ id: TransactionID, visibleTo context: APIContext) async throws -> Transaction {
    guard let transaction = try await transaction(id), context.caller.mayRead(createdBy: transaction.createdBy) else {
      throw APIError(.transactionNotFound)
    }
    return transaction
  }
}
