/// What Safaricom said when asked about a push.
public enum QueryOutcome: Sendable, Equatable {
  /// A result whose meaning is not `pending`; it may be ambiguous. It never carries a receipt, amount or phone.
  case final(ResultCode, description: String?)
  /// Still being processed: ask again later.
  case pending(description: String?)
  /// The answer, or its absence, says nothing about the payment. It must never change the payment's state:
  /// error 500.001.1001 has been seen after the final result of a payment.
  case noInformation(DarajaFailure)
  /// Daraja cannot be asked in this way: credentials, shortcode or request are wrong. It says nothing about the payment
  /// either, and repeating it does not help before somebody corrects the set-up.
  case permanent(DarajaFailure)
}
