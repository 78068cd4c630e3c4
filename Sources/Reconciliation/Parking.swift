public import Daraja
import Payments
import Store

/// How long a callback waits for its transaction: the push answer that names its CheckoutRequestID may still be on its way.
public struct Parking: Hashable, Sendable {
  /// The first wait, in microseconds. Losing the race with the push answer is a matter of milliseconds.
  public static let firstWait: Microseconds = 500_000
  /// After this the delivery is listed as unmatched.
  public static let patience: Microseconds = 600_000_000

  /// The first moment from which waiting counts: a delivery that came while nobody worked is not old.
  public var since: Uptime

  /// Parking in a program that works since then.
  public init(since: Uptime) { self.since = since }

  /// What becomes of a delivery that fits no transaction now: each wait is as long as all before it together.
  /// - Parameters:
  ///   - clock: the time, and how far it can be believed: a step of the clock makes nothing old.
  ///   - uptime: the same moment on the clock that nobody can set.
  func decide(receivedAt: Microseconds, clock: ClockReading, uptime: Uptime) -> Unmatched {
    let waited = max(min(clock.elapsed(since: receivedAt), uptime - since), 0)
    guard waited < Self.patience else { return .giveUp }
    return .park(until: clock.now + min(max(waited, Self.firstWait), Delivery.longestDeferral))
  }
}
