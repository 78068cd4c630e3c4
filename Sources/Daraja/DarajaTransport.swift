/// Carries one HTTP request to Daraja and its answer back.
///
/// A client gets it injected, so that tests and simulations decide what the network does.
public protocol DarajaTransport: Sendable {
  /// Sends a request once and reads the whole answer.
  ///
  /// Redirects are not followed and nothing is repeated. When the task is cancelled it fails with
  /// ``TransportFailure/Reason/cancelled``.
  ///
  /// - Parameter deadline: How long connecting, sending and reading may take together.
  /// - Throws: ``TransportFailure``, which says whether Daraja may have received the request.
  func send(_ request: HTTPExchangeRequest, deadline: Duration) async throws(TransportFailure) -> HTTPExchangeResponse
}

/// One HTTP request. Its description leaves out headers and body, which hold credentials and phone numbers.
public struct HTTPExchangeRequest: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// A header line.
  public typealias Header = (name: String, value: String)

  /// The method, in capitals.
  public var method: String
  /// The absolute URL.
  public var url: String
  /// The headers beyond those that the transport sets itself.
  public var headers: [Header]
  /// The body, if there is one.
  public var body: [UInt8]?

  /// A request.
  public init(method: String, url: String, headers: [Header] = [], body: [UInt8]? = nil) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }

  /// Method and URL.
  public var description: String { "\(method) \(url)" }

  /// Same as ``description``.
  public var debugDescription: String { description }

  /// Shows ``description`` only.
  public var customMirror: Mirror { Mirror(self, children: ["request": description]) }
}

/// One HTTP answer, read to its end.
public struct HTTPExchangeResponse: Sendable {
  /// The HTTP status.
  public var status: Int
  /// The body, as it came.
  public var body: [UInt8]

  /// An answer.
  public init(status: Int, body: [UInt8]) {
    self.status = status
    self.body = body
  }
}

/// Why there is no answer.
public struct TransportFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// What went wrong.
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    /// The deadline passed.
    case timeout
    /// No connection, or it broke.
    case connection
    /// The task was cancelled.
    case cancelled
    /// The answer is larger than the transport takes.
    case answerTooLarge
  }

  /// What went wrong.
  public var reason: Reason
  /// False only if it is certain that Daraja did not get the request: for a push the difference between "nobody was
  /// prompted" and "the prompt may be live".
  public var requestMayHaveBeenSent: Bool
  /// What the network said, for the log.
  public var detail: String

  /// A failure.
  public init(_ reason: Reason, requestMayHaveBeenSent: Bool, detail: String) {
    self.reason = reason
    self.requestMayHaveBeenSent = requestMayHaveBeenSent
    self.detail = detail
  }

  /// What went wrong, and how far the request got.
  public var description: String {
    "\(requestMayHaveBeenSent ? "possibly sent" : "not sent"): \(detail)"
  }
}

extension DarajaFailure {
  /// The failure of a call that got no answer.
  init(_ failure: TransportFailure) {
    let kind: Kind =
      switch failure.reason {
      case .timeout: .timeout
      case .connection: .connection
      case .cancelled: .cancelled
      case .answerTooLarge: .unreadable
      }
    self.init(kind: kind, message: failure.description)
  }
}
