/// One thing that happened in a ``DarajaSimulator``.
///
/// Phone numbers are whole here: they are those of invented customers, and tests look for them. Secrets, tokens and
/// callback addresses are never part of an event.
public struct SimulatorEvent: Sendable, Equatable, Codable {
  /// What kind of thing it was.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// An access token was issued; the one before is dead.
    case tokenIssued = "token_issued"
    /// OAuth credentials or grant type were wrong.
    case tokenRefused = "token_refused"
    /// A push was accepted and its customer prompted, whatever answer the merchant then got.
    case pushAccepted = "push_accepted"
    /// A push was refused, nobody was prompted.
    case pushRefused = "push_refused"
    /// A query was answered with a result or with "pending".
    case queryAnswered = "query_answered"
    /// A query was refused: rate limit, token, fields, unknown id.
    case queryRefused = "query_refused"
    /// A callback was posted and the merchant answered it, with ``SimulatorEvent/httpStatus``.
    case callbackDelivered = "callback_delivered"
    /// A callback was posted without an answer. It is not repeated.
    case callbackFailed = "callback_failed"
  }

  /// Counts up from 1 without gaps.
  public var sequence: Int
  /// Microseconds since the epoch, UTC.
  public var at: Int64
  /// What happened.
  public var kind: Kind
  /// The story of the customer concerned.
  public var story: Story?
  /// The customer's number, 12 digits.
  public var phone: String?
  /// The push concerned.
  public var checkoutRequestID: String?
  /// For callbacks `callback`, or `bare` for the stranger's post to the address without its secret.
  public var address: String?
  /// Status of our answer, or of the merchant's answer to a callback.
  public var httpStatus: Int?
  /// ResultCode of a callback or query, as text.
  public var resultCode: String?
  /// errorCode of a refusal.
  public var errorCode: String?
  /// What else is to be said, in a few words.
  public var detail: String?

  init(_ kind: Kind) {
    sequence = 0
    at = 0
    self.kind = kind
  }
}
