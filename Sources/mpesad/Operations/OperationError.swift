import Reconciliation
import Store

/// Why an operation was not done. Crosses the admin socket, so that a command says the same wherever the work is done.
struct OperationError: Error, Codable, Hashable, Sendable, CustomStringConvertible {
  /// What kind of no it is; decides the exit code.
  enum Kind: String, Codable, Sendable, CaseIterable {
    /// What was named does not exist.
    case notFound = "not_found"
    /// What was given cannot be used.
    case invalid
    /// What the settings of the host say cannot be used.
    case misconfigured
    /// The rules do not allow it as things stand.
    case refused
    /// This user may not do it.
    case notPermitted = "not_permitted"
    /// Something that is needed for it does not work.
    case unavailable
    /// Not now, but soon: the text says when.
    case tryAgain = "try_again"
    /// The program is at fault.
    case failed
  }

  var kind: Kind
  /// What happened, where, and what to do next. Holds no secret and no full phone number.
  var description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }

  /// Any error, as an operator meets it.
  init(_ error: any Error) {
    switch error {
    case let error as OperationError: self = error
    case StoreError.overloaded, StoreError.closed: self.init(.tryAgain, "\(error)")
    case StoreError.failed: self.init(.failed, "\(error)")
    case is StoreError: self.init(.unavailable, "\(error)")
    case let error as OperatorTrail.Unwritten:
      self.init(
        .unavailable,
        "It may have been done, but could not be added to the trail of operators: \(error). Look how things stand before you repeat it."
      )
    default: self.init(.failed, "The operation failed: \(ErrorText.of(error)).")
    }
  }

  /// Its HTTP status on the admin socket.
  var status: Int {
    switch kind {
    case .notFound: 404
    case .invalid: 400
    case .misconfigured: 422
    case .refused: 409
    case .notPermitted: 403
    case .unavailable: 503
    case .tryAgain: 429
    case .failed: 500
    }
  }
}
