import Daraja
import Payments
import Testing

/// Where a transaction can stand when evidence comes: the statuses, told apart where they answer differently.
enum Standing: String, CaseIterable, CustomTestStringConvertible {
  case pending
  case completed
  /// Only a query said paid.
  case completedWithoutReceipt
  case failed
  /// In review since nobody answered for the whole schedule.
  case unanswered
  /// In review since the money did not match.
  case mismatched

  var testDescription: String { rawValue }

  var transaction: Transaction {
    get throws {
      try Example.transaction { transaction in
        guard self != .pending else { return }
        transaction.settledAt = Example.pushedAt + 15_000_000
        transaction.nextQueryAt = nil
        transaction.resultCode = self == .unanswered ? nil : .success
        switch self {
        case .pending: break
        case .completed:
          transaction.status = .completed
          transaction.receipt = try Example.receipt
        case .completedWithoutReceipt:
          transaction.status = .completed
          transaction.flags = .receiptMissing
        case .failed:
          transaction.status = .failed
          transaction.reason = .timeout
          transaction.resultCode = "1037"
        case .unanswered:
          transaction.status = .review
          transaction.reason = .unanswered
        case .mismatched:
          transaction.status = .review
          transaction.reason = .amountMismatch
          transaction.receipt = try Example.receipt
          transaction.receivedAmount = Example.otherAmount
        }
      }
    }
  }
}
