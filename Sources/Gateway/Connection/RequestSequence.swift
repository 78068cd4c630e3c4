/// Whose turn it is on one connection.
///
/// HTTP/1.1 answers leave in the order of their requests (RFC 9112, 9.3.2). Callbacks are answered here, everything
/// else by the router, and neither knows of the other: so one request is served at a time.
struct RequestSequence {
  /// Who serves a request.
  enum Owner: Hashable { case ingest, router }

  /// What follows from a step.
  enum Next: Hashable {
    /// The request in turn is not done.
    case wait
    /// The next request may begin.
    case takeNext
    /// That was the last answer on this connection.
    case close
  }

  /// How far the answer to the request in turn is.
  enum Answer: Hashable { case none, begun, done }

  /// Who serves the request in turn; nil between requests.
  private(set) var owner: Owner?
  /// Whether the end of the request in turn is still to come.
  private(set) var isReading = false
  /// How far its answer is.
  private(set) var answer = Answer.none
  /// Whether the connection stays open after its answer.
  private(set) var keepsAlive = true
  /// Whether nothing more is answered.
  private(set) var isOver = false

  /// A request begins. Only between requests.
  mutating func begin(_ owner: Owner, keepsAlive: Bool) {
    self.owner = owner
    self.keepsAlive = keepsAlive
    isReading = true
    answer = .none
  }

  /// The last byte of the request in turn came.
  mutating func requestEnded() -> Next {
    isReading = false
    return step()
  }

  /// This request's answer is the last one.
  mutating func stopKeepingAlive() { keepsAlive = false }

  /// The head of the answer was written.
  mutating func answerBegan() { answer = .begun }

  /// The end of the answer was written.
  mutating func answerEnded() -> Next {
    answer = .done
    return step()
  }

  /// Nothing more is answered.
  mutating func end() { isOver = true }

  private mutating func step() -> Next {
    guard answer == .done, !isOver else { return .wait }
    guard keepsAlive else {
      isOver = true
      return .close
    }
    guard !isReading else { return .wait }
    owner = nil
    answer = .none
    return .takeNext
  }
}
