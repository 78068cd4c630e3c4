/// Why an operation was not done. Crosses the admin socket, so that a command says the same wherever the work is done.
struct OperationError: Error, Codable, Hashable, Sendable, CustomStringConvertible {
  /// What kind of no it is; decides the exit code.
  enum Kind: String, Codable, Sendable, CaseIterable {
    /// What was named does not exist.
    case notFound = "not_found"
    /// What was given cannot be used.
    case invalid
    /// It may not be done as things stand.
    case refused
    /// It cannot be done now; later it may.
    case unavailable
  }

  var kind: Kind
  /// What happened, where, and what to do next. Holds no secret and no full phone number.
  var description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
