import Daraja
import HTTPTypes
import Store

/// An error on its way to the client.
struct APIError: Error {
  /// Which one.
  var code: ErrorCode
  /// One sentence or two: what happened and what to do. Never holds a token or a phone number.
  var message: String
  /// The field of the request that it is about.
  var field: String?
  /// Header fields besides the usual ones.
  var headers: HTTPFields

  init(_ code: ErrorCode, _ message: String? = nil, field: String? = nil, headers: HTTPFields = [:]) {
    self.code = code
    self.message = message ?? code.sentence
    self.field = field
    self.headers = headers
  }

  /// An error that goes away by itself after about this long.
  init(_ code: ErrorCode, _ message: String? = nil, retryAfter: Duration) {
    self.init(code, message, headers: [.retryAfter: Self.seconds(retryAfter)])
  }

  /// What the store's errors are to clients; its details are for the log.
  init(_ error: StoreError) {
    switch error {
    case .overloaded: self.init(.storeOverloaded, retryAfter: .seconds(1))
    case .closed: self.init(.stopping, retryAfter: .seconds(2))
    case .unavailable, .outcomeUnknown, .damaged, .missing, .locked, .newerSchema, .notDurable, .cannotOpen,
      .unreadable:
      self.init(.storeUnavailable, retryAfter: .seconds(10))
    case .failed: self.init(.internalError)
    }
  }

  /// The body: the one shape of all errors.
  var json: JSONValue {
    .object([
      .init("status", .string("error")), .init("code", .string(code.rawValue)), .init("message", .string(message)),
      .init("field", field.map { .string($0) } ?? .null),
    ])
  }

  /// Whole seconds, rounded up and at least one, as Retry-After takes them.
  private static func seconds(_ duration: Duration) -> String {
    let (seconds, attoseconds) = duration.components
    return String(max(1, seconds + (attoseconds > 0 ? 1 : 0)))
  }
}
