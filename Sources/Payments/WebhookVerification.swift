public import Daraja

/// Checks a webhook as its receiver must: the signature, and that it is not an old one played again.
public struct WebhookVerification: Sendable {
  /// What came of a check.
  public enum Outcome: Hashable, Sendable {
    case valid
    /// No such header.
    case missing(header: String)
    /// `webhook-timestamp` is no number of seconds.
    case timestampMalformed(String)
    /// The signature may be right, but the webhook is older than the tolerance; by how many seconds.
    case tooOld(seconds: Int64)
    /// It comes from the future by more than the tolerance.
    case tooNew(seconds: Int64)
    /// No signature in the header is of the scheme `v1`.
    case noKnownScheme
    /// No signature fits: another secret, or id, timestamp or body are not what was signed.
    case signatureWrong
  }

  /// How far the timestamp may be from now, in seconds, unless another one is given. Standard Webhooks leaves it open; five minutes are usual.
  public static let standardTolerance: Int64 = 300

  private let secrets: WebhookSecrets
  private let tolerance: Int64

  /// A check with these secrets.
  /// - Parameter tolerance: seconds, not negative.
  public init(secrets: WebhookSecrets, tolerance: Int64 = WebhookVerification.standardTolerance) {
    self.secrets = secrets
    self.tolerance = max(tolerance, 0)
  }

  /// Checks the three headers and the body, byte for byte as they came.
  public func check(id: String?, timestamp: String?, signature: String?, body: [UInt8], at now: Microseconds) -> Outcome
  {
    guard let id, !id.isEmpty else { return .missing(header: "webhook-id") }
    guard let timestamp, !timestamp.isEmpty else { return .missing(header: "webhook-timestamp") }
    guard let signature, !signature.isEmpty else { return .missing(header: "webhook-signature") }
    guard timestamp.utf8.allSatisfy({ (48...57).contains($0) }), let sent = Int64(timestamp), sent <= .max / 2 else {
      return .timestampMalformed(timestamp)
    }
    guard signature.split(separator: " ").contains(where: { $0.hasPrefix("v1,") }) else { return .noKnownScheme }
    // The signature first: what it does not cover is nobody's word, and its time tells nothing.
    guard secrets.verifies(signature, id: id, timestamp: timestamp, body: body) else { return .signatureWrong }
    let age = now / 1_000_000 - sent
    if age > tolerance { return .tooOld(seconds: age) }
    if -age > tolerance { return .tooNew(seconds: -age) }
    return .valid
  }
}
