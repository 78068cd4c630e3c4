public import Daraja

/// Why a transaction failed or waits for a person. The raw values are stable: they stand in the API, the journal and the database.
public enum Reason: String, Hashable, Sendable, CaseIterable {
  // Failed: final refusals.
  case cancelled, timeout
  case insufficientFunds = "insufficient_funds"
  case wrongPIN = "wrong_pin"
  case pinLocked = "pin_locked"
  case limit
  case merchantLimit = "merchant_limit"
  case invalidParty = "invalid_party"
  case promptFailed = "prompt_failed"
  case configuration
  case badDebt = "bad_debt"
  case pushRejected = "push_rejected"
  case ruledFailed = "ruled_failed"

  // Review: a person decides.
  case amountMismatch = "amount_mismatch"
  case receiptReused = "receipt_reused"
  case contradictory
  case unanswered

  /// The reason that a refusal by M-Pesa gives.
  public init(_ refusal: Refusal) {
    self =
      switch refusal {
      case .insufficientFunds: .insufficientFunds
      case .wrongPIN: .wrongPIN
      case .pinLocked: .pinLocked
      case .limit: .limit
      case .merchantLimit: .merchantLimit
      case .invalidParty: .invalidParty
      case .promptFailed: .promptFailed
      case .configuration: .configuration
      case .badDebt: .badDebt
      }
  }
}
