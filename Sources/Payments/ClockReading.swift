public import Daraja

/// One look at the wall clock, and how far it can be believed.
///
/// Stored times were read from a clock that may have been wrong, and the clock of now may be wrong too. What decides about a stored time
/// asks ``elapsed(since:)`` and never subtracts by itself.
public struct ClockReading: Hashable, Sendable {
  /// How far a stored time may lie ahead and still be of now, in microseconds: a minute. Another reading, taken a moment later, may have been
  /// stored first, and a step of a second or two is not noticed.
  public static let slack: Microseconds = 60_000_000

  /// The wall clock: microseconds since the epoch, UTC.
  public var now: Microseconds
  /// Since when it has run without a step, by its own time: the program's start, or the last step that was noticed. Never after ``now``.
  public var runningSince: Microseconds
  /// Whether it was set, or may have been, at ``runningSince``: then no span that reaches back across that moment is known.
  public var isDoubted: Bool
  /// Whether it is good enough to remove or give up what only time makes superfluous: it is synchronised, or has run steadily for a day.
  public var isTrusted: Bool
  /// Whether something keeps it synchronised, as far as the kernel knows.
  public var isSynchronised: Bool

  /// A reading with all its parts; one that is not doubted, and trusted, unless said.
  public init(
    now: Microseconds, runningSince: Microseconds? = nil, isDoubted: Bool = false, isTrusted: Bool = true,
    isSynchronised: Bool = true
  ) {
    self.now = now
    self.runningSince = min(runningSince ?? now, now)
    self.isDoubted = isDoubted
    self.isTrusted = isTrusted
    self.isSynchronised = isSynchronised
  }

  /// The time that has passed since a stored time for sure, in microseconds, never negative.
  ///
  /// A time that lies ahead by more than ``slack`` was read from another clock: what is known is only that it was before this one began to
  /// run. The same holds for each earlier time while the clock is doubted.
  public func elapsed(since stored: Microseconds) -> Microseconds {
    let running = now - runningSince
    if stored > now { return stored.subtractingReportingOverflow(now).partialValue > Self.slack ? running : 0 }
    let (span, isLong) = now.subtractingReportingOverflow(stored)
    if isDoubted, stored < runningSince { return running }
    return isLong ? .max : span
  }

  /// When a span of so many microseconds that began at a stored time is over; ``now`` where it is over already.
  public func end(of span: Microseconds, since stored: Microseconds) -> Microseconds {
    now + max(span - elapsed(since: stored), 0)
  }

  /// The moment before which every stored time is older than a span for sure. Times that lie ahead are not told apart by it.
  public func cutoff(_ span: Microseconds) -> Microseconds {
    isDoubted && now - runningSince < span ? .min : now - span
  }
}
