/// A point on the clock that nobody can set: microseconds since the machine started, its sleep included.
///
/// Waits, budgets and deadlines in memory are counted on it, so that a step of the wall clock neither lengthens nor shortens one. It says
/// nothing after a restart of the machine, so it is never stored as a time of its own.
public struct Uptime: Hashable, Comparable, Sendable {
  /// Before every other point.
  public static let distantPast = Uptime(microseconds: .min / 2)

  /// Microseconds since the machine started.
  public var microseconds: Microseconds

  /// The point that many microseconds after the machine started.
  public init(microseconds: Microseconds) { self.microseconds = microseconds }

  /// Whether one point comes before another.
  public static func < (left: Uptime, right: Uptime) -> Bool { left.microseconds < right.microseconds }

  /// The point so many microseconds later.
  public static func + (point: Uptime, wait: Microseconds) -> Uptime {
    Uptime(microseconds: point.microseconds + wait)
  }

  /// The point so many microseconds earlier.
  public static func - (point: Uptime, wait: Microseconds) -> Uptime {
    Uptime(microseconds: point.microseconds - wait)
  }

  /// The microseconds between two points; negative where the second one is the later.
  public static func - (left: Uptime, right: Uptime) -> Microseconds { left.microseconds - right.microseconds }
}
