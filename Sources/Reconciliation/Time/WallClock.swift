public import Daraja
public import Payments

/// Whether the wall clock can be believed, judged by a clock that nobody can set. A value; who looks at both clocks tells it what they say.
public struct WallClock: Hashable, Sendable {
  /// How far the wall clock may move against the other one between two looks, in microseconds, without having been set. Corrections by
  /// slewing are at most 500 parts in a million (adjtimex(2)): in the second between two looks half a millisecond.
  public static let tolerance: Microseconds = 2_000_000
  /// How long it must have run without a step to be trusted where it is synchronised, in microseconds. A program that synchronises sets it in
  /// the first minutes.
  public static let settling: Microseconds = 600_000_000
  /// How long it must have run without a step to be trusted where it is not, in microseconds.
  public static let steadiness: Microseconds = 86_400_000_000

  /// A step that was noticed.
  public struct Step: Hashable, Sendable {
    /// How far it was set, in microseconds: positive for forward.
    public var by: Microseconds
    /// What it says since.
    public var now: Microseconds
  }

  /// Whether the kernel says that something keeps it synchronised.
  public var isSynchronised: Bool
  /// Whether it was set, or may have been, when it began to run as it does.
  public private(set) var isDoubted: Bool

  private var wall: Microseconds
  private var uptime: Uptime
  private var runningSince: Uptime

  /// The clocks as they are at the start. Nothing is known against the wall clock.
  public init(wall: Microseconds, uptime: Uptime, isSynchronised: Bool = false) {
    self.wall = wall
    self.uptime = uptime
    self.isSynchronised = isSynchronised
    isDoubted = false
    runningSince = uptime
  }

  /// Takes in what both clocks say now.
  /// - Returns: the step, where the wall clock was set since the last look.
  public mutating func look(wall: Microseconds, uptime: Uptime) -> Step? {
    let by = (wall - self.wall) - (uptime - self.uptime)
    self.wall = wall
    self.uptime = uptime
    guard abs(by) > Self.tolerance else { return nil }
    doubt()
    return Step(by: by, now: wall)
  }

  /// It may have been set before the last look: nothing is known of what was before.
  public mutating func doubt() {
    isDoubted = true
    runningSince = uptime
  }

  /// It has run as it does since an earlier moment, before the program started.
  public mutating func resume(runningSince earlier: Uptime, isDoubted: Bool) {
    self.isDoubted = isDoubted
    runningSince = min(earlier, uptime)
  }

  /// What it says as of the last look.
  public var reading: ClockReading {
    let steady = uptime - runningSince
    return ClockReading(
      now: wall, runningSince: wall - steady, isDoubted: isDoubted,
      isTrusted: steady >= (isSynchronised ? Self.settling : Self.steadiness), isSynchronised: isSynchronised)
  }
}
