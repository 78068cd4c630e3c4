public import Daraja

/// Stops asking while Safaricom does not answer or asks us to slow down. A value; the driver does the asking. Counted on the clock that nobody
/// can set.
public struct CircuitBreaker: Hashable, Sendable {
  /// Where it stands.
  public enum State: Hashable, Sendable {
    /// Questions are put. `failures` in a row so far.
    case closed(failures: Int)
    /// No question until then.
    case open(until: Uptime)
    /// One question is out to see whether it works again. If it never comes back, another one is tried from then on.
    case trying(until: Uptime)
  }

  /// What a result changed, for the journal.
  public enum Transition: Hashable, Sendable { case opened(until: Uptime), closed }

  /// Failures in a row that open it. Of spike arrest and block pages one is enough: they are an order to stop.
  public static let threshold = 3
  /// The longest rest, in microseconds.
  public static let longestRest: Microseconds = 900_000_000
  /// How long a trial may be out, in microseconds. A query and the token it may need have deadlines of seconds, each tried twice at most.
  public static let longestTrial: Microseconds = 120_000_000

  /// Where it stands.
  public private(set) var state = State.closed(failures: 0)
  private let firstRest: Microseconds
  private var rest: Microseconds

  /// A closed breaker. Its first rest is `firstRest` microseconds; each further one is twice as long, up to 15 minutes.
  public init(firstRest: Microseconds = 30_000_000) {
    self.firstRest = max(firstRest, 1)
    self.rest = self.firstRest
  }

  /// How long until a question may be put, in microseconds, as far as that is known; 0 when it may be put now.
  public func wait(at now: Uptime) -> Microseconds {
    switch state {
    case .closed: 0
    case .open(let until): max(until - now, 0)
    // The one that is out decides, which takes seconds.
    case .trying(let until): max(min(until - now, firstRest), 0)
    }
  }

  /// A question is put, if it may be.
  /// - Returns: nil when it may, else how long until it is worth looking again, in microseconds.
  public mutating func admit(at now: Uptime) -> Microseconds? {
    let wait = wait(at: now)
    guard wait == 0 else { return wait }
    if state.isClosed { return nil }
    state = .trying(until: now + Self.longestTrial)
    return nil
  }

  /// Takes in how a question went. `failure` is nil when Safaricom answered in its right mind, whatever it said.
  public mutating func record(_ failure: DarajaFailure?, at now: Uptime) -> Transition? {
    guard let failure, failure.countsAgainstBreaker else { return succeed() }
    let stop = failure.kind == .rateLimited || failure.kind == .blockPage
    switch state {
    case .closed(let failures) where !stop && failures + 1 < Self.threshold:
      state = .closed(failures: failures + 1)
      return nil
    case .open: return nil
    case .closed, .trying:
      let until = now + rest
      state = .open(until: until)
      rest = min(rest * 2, Self.longestRest)
      return .opened(until: until)
    }
  }

  private mutating func succeed() -> Transition? {
    switch state {
    // An answer to a question from before it opened does not close it.
    case .open: return nil
    case .closed:
      state = .closed(failures: 0)
      return nil
    case .trying:
      state = .closed(failures: 0)
      rest = firstRest
      return .closed
    }
  }
}

extension CircuitBreaker.State {
  fileprivate var isClosed: Bool { if case .closed = self { true } else { false } }
}
