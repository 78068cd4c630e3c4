/// What a ``ResultCode`` proves about the customer's money.
public enum ResultMeaning: Hashable, Sendable {
  /// The customer paid.
  case paid
  /// The customer declined the prompt; nothing was debited.
  case cancelled
  /// The customer did not answer in time or could not be reached.
  case timeout
  /// M-Pesa refused for this reason; nothing was debited.
  case refused(Refusal)
  /// Not decided yet: ask again later.
  case pending
  /// No proof either way. Ask Safaricom; do not prompt again, do not fail the payment.
  case ambiguous
}

/// Why M-Pesa refused a payment. The raw values are stable: they are stored and shown to API clients.
public enum Refusal: String, Hashable, Sendable, CaseIterable {
  /// The customer's balance is too low.
  case insufficientFunds = "insufficient_funds"
  /// The customer typed a wrong PIN.
  case wrongPIN = "wrong_pin"
  /// The customer's PIN is locked; only Safaricom can unlock it.
  case pinLocked = "pin_locked"
  /// The amount breaks a limit of a transaction or of the customer's day.
  case limit
  /// The merchant's own account would exceed its limit.
  case merchantLimit = "merchant_limit"
  /// An account of the payment is in a state that forbids it.
  case invalidParty = "invalid_party"
  /// The prompt could not be shown.
  case promptFailed = "prompt_failed"
  /// Shortcode, transaction type or party do not fit together: the merchant's set-up is wrong.
  case configuration
  /// The customer owes M-Pesa on an overdraft or loan.
  case badDebt = "bad_debt"
}
