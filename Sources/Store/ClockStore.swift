public import Daraja

/// The clocks as they stood at one moment, kept so that a later start can tell whether the wall clock was set while nobody ran.
public struct ClockMark: Hashable, Sendable {
  /// How far the wall clock can move against the other one between two marks without having been set, in microseconds: an hour between two
  /// marks at the fastest slewing, 500 parts in a million (adjtimex(2)), and as much again.
  public static let tolerance: Microseconds = 5_000_000

  /// The wall clock, microseconds since the epoch, UTC.
  public var wall: Microseconds
  /// The clock that nobody can set.
  public var uptime: Uptime
  /// Since when the wall clock had run without a step.
  public var runningSince: Uptime
  /// Whether it was set then, or may have been.
  public var isDoubted: Bool

  /// A mark with its parts.
  public init(wall: Microseconds, uptime: Uptime, runningSince: Uptime, isDoubted: Bool) {
    self.wall = wall
    self.uptime = uptime
    self.runningSince = runningSince
    self.isDoubted = isDoubted
  }

  /// What a later look at both clocks says of the wall clock.
  public enum Finding: Hashable, Sendable {
    /// It went on as it should.
    case steady
    /// It was set, by so many microseconds, or the machine was restarted since and has run longer than before.
    case moved(by: Microseconds)
    /// The machine was restarted since, and the wall clock did not go back: more is not known.
    case restarted
  }

  /// Compares this mark with both clocks as they are now.
  public func compare(wall: Microseconds, uptime: Uptime) -> Finding {
    let by = (wall - self.wall) - (uptime - self.uptime)
    if uptime < self.uptime { return wall >= self.wall ? .restarted : .moved(by: wall - self.wall) }
    return abs(by) <= Self.tolerance ? .steady : .moved(by: by)
  }
}

/// What the store does about a wall clock that was wrong.
public protocol ClockStore: Sendable {
  /// The mark that was kept last; nil where there is none.
  func clockMark() async throws -> ClockMark?

  /// Keeps a mark.
  func keep(_ mark: ClockMark) async throws

  /// Makes due now whatever was planned on a clock that was ahead: what is planned for later by a plan that was made later than now.
  /// - Parameter limit: at most so many rows of each kind.
  /// - Returns: how many rows were changed; where it is not 0 there may be more.
  func healPlans(at now: Microseconds, limit: Int) async throws -> Int
}
