/// Why a call to Daraja did not give what was asked for.
public struct DarajaFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What went wrong. The raw values are stable, for metrics and logs.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// Daraja refused the request itself: a field, a path or the shortcode is wrong.
    case invalidRequest
    /// Consumer key, secret or passkey are wrong, or a fresh token was refused too.
    case credentials
    /// The app has no access to this API.
    case notSubscribed
    /// The access token was refused; it is fetched anew once before this becomes ``credentials``.
    case invalidToken
    /// Another transaction of the same customer is open.
    case subscriberLocked
    /// Spike arrest, quota or "system is busy".
    case rateLimited
    /// An HTML page instead of an answer, as the firewall in front of Daraja sends it.
    case blockPage
    /// An answer without a body.
    case emptyBody
    /// An answer that is not understood.
    case unreadable
    /// Daraja failed.
    case serverError
    /// No answer before the deadline.
    case timeout
    /// No connection, or it broke.
    case connection
    /// The caller gave up.
    case cancelled
    /// Daraja answered, and the answer says nothing about the payment.
    case noInformation
  }

  /// The longest ``message``, in characters.
  public static let maximumMessageLength = 300
  /// The longest ``code`` and ``field``, in characters. Daraja's longest code has 14, Apigee's longest about 60.
  static let maximumCodeLength = 80

  /// What went wrong.
  public var kind: Kind
  /// The HTTP status of the answer, if there was one.
  public var httpStatus: Int?
  /// Daraja's `errorCode`, Apigee's `errorcode` or the `ResponseCode`, if there was one.
  public var code: String?
  /// What Daraja or the connection said, with tokens and phone numbers removed, at most 300 characters.
  public private(set) var message: String
  /// Daraja's name of the field that it refused, for example `CallBackURL`, if it named one.
  public var field: String?

  /// A failure. Everything that looks like a token or a phone number is taken out of `message`, `code` and `field`:
  /// Daraja echoes access tokens in some errors.
  public init(kind: Kind, httpStatus: Int? = nil, code: String? = nil, message: String, field: String? = nil) {
    self.kind = kind
    self.httpStatus = httpStatus
    self.code = code.map { Redaction.redact($0, limit: Self.maximumCodeLength, keepsWords: true) }
    self.message = Redaction.redact(message, limit: Self.maximumMessageLength)
    self.field = field.map { Redaction.redact($0, limit: Self.maximumCodeLength, keepsWords: true) }
  }

  /// Whether it is a sign that Daraja, or our way to it, is unwell, so that calls should pause for a while.
  ///
  /// Error code `500.001.1001` does not count: on a query it is a normal answer.
  public var countsAgainstBreaker: Bool {
    switch kind {
    case .rateLimited, .blockPage, .timeout, .connection: true
    case .emptyBody: httpStatus.map { $0 >= 500 || $0 == 403 } ?? false
    case .serverError: code != DarajaErrorCode.anything
    case .invalidRequest, .credentials, .notSubscribed, .invalidToken, .subscriberLocked, .unreadable, .cancelled,
      .noInformation:
      false
    }
  }

  /// Whether it shows only that Daraja does not work, or the way to it, or that we stopped asking: then it is no answer to anything.
  public var isOutage: Bool { kind == .cancelled || countsAgainstBreaker }

  /// What happened, where, and what to do next.
  public var description: String {
    let place = [httpStatus.map { "HTTP \($0)" }, code].compactMap(\.self).joined(separator: " ")
    let what = [place, message].filter { !$0.isEmpty }.joined(separator: ": ")
    return "\(kind.rawValue): \(what) (\(kind.advice))"
  }
}

extension DarajaFailure.Kind {
  /// What whoever reads the log can do about it.
  var advice: String {
    switch self {
    case .invalidRequest: "correct the request or the shortcode; repeating it changes nothing"
    case .credentials: "check consumer key, consumer secret, shortcode and passkey; no other program may use this app"
    case .notSubscribed: "add this API to the app in the Daraja portal"
    case .invalidToken: "a new token is fetched once"
    case .subscriberLocked: "wait until the customer's open transaction has ended"
    case .rateLimited: "slow down"
    case .blockPage: "slow down; ask Safaricom whether this address is blocked"
    case .emptyBody, .unreadable, .serverError, .noInformation: "ask again later"
    case .timeout, .connection: "check the network and Daraja's status"
    case .cancelled: "none needed"
    }
  }
}
