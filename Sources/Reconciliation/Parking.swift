public import Daraja
import Payments
import Store

/// How long a callback waits for its transaction: the push answer that names its CheckoutRequestID may still be on its way.
public struct Parking: Hashable, Sendable {
  /// The first wait, in microseconds. Losing the race with the push answer is a matter of milliseconds.
  public static let firstWait: Microseconds = 500_000
  /// The longest wait between two attempts.
  public static let longestWait: Microseconds = 60_000_000
  /// After this the delivery is listed as unmatched.
  public static let patience: Microseconds = 600_000_000

  /// The first moment from which waiting counts: a delivery that came while nobody worked is not old.
  public var since: Microseconds

  /// Parking in a program that works since then.
  public init(since: Microseconds) { self.since = since }

  /// What becomes of a delivery that fits no transaction now: each wait is as long as all before it together.
  func decide(receivedAt: Microseconds, now: Microseconds) -> Unmatched {
    let waited = now - max(receivedAt, since)
    guard waited < Self.patience else { return .giveUp }
    return .park(until: now + min(max(waited, Self.firstWait), Self.longestWait))
  }
}
