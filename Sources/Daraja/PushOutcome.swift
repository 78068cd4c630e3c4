/// What became of the attempt to prompt a customer.
///
/// The cases differ in what is certain, because there is no idempotency key: a second push is a second prompt, and can
/// become a second debit.
public enum PushOutcome: Sendable, Equatable {
  /// The prompt is queued. That is not a payment: the result comes by callback or query.
  case accepted(merchantRequestID: String?, checkoutRequestID: String, customerMessage: String?)
  /// Nobody was prompted, and the same request would be refused again.
  case rejected(DarajaFailure)
  /// Nobody was prompted; the same request may succeed after the wait.
  case busy(DarajaFailure, retryAfter: Duration)
  /// The prompt may be live. Never send it again by itself; wait for the callback.
  case uncertain(DarajaFailure)
}
