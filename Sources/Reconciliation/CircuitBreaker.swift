public import Daraja

/// Stops asking while Safaricom does not answer or asks us to slow down. A value; the driver does the asking.
public struct CircuitBreaker: Hashable, Sendable {
  /// Where it stands.
  public enum State: Hashable, Sendable {
    /// Questions are put. `failures` in a row so far.
    case closed(failures: Int)
    /// No question until then.
    case open(until: Microseconds)
    /// One question is out to see whether it works again. If it never comes back, another one is tried from then on.
    case trying(until: Microseconds)
  }

  /// What a result changed, for the journal.
  public enum Transition: Hashable, Sendable { case opened(until: Microseconds), closed }

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

  /// Whether a question may be put.
  /// - Returns: nil when it may, else when to look again.
  public mutating func admit(at now: Microseconds) -> Microseconds? {
    switch state {
    case .closed: return nil
    case .open(let until) where now >= until:
      state = .trying(until: now + Self.longestTrial)
      return nil
    case .open(let until): return until
    case .trying(let until) where now >= until:
      state = .trying(until: now + Self.longestTrial)
      return nil
    case .trying(let until): return min(until, now + firstRest)
    }
  }

  /// The admitted question was not put after all.
  public mutating func giveBack(at now: Microseconds) {
    if case .trying = state { state = .open(until: now) }
  }

  /// Takes in how a question went. `failure` is nil when Safaricom answered in its right mind, whatever it said.
  public mutating func record(_ failure: DarajaFailure?, at now: Microseconds) -> Transition? {
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
