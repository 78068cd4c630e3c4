public import Daraja
public import Payments
public import Store

/// What came of one attempt to deliver a webhook.
public enum WebhookAnswer: Hashable, Sendable {
  /// The receiver answered. `excerpt` is the beginning of the body.
  case answered(status: Int, retryAfter: Duration?, excerpt: String)
  /// There was no answer.
  case failed(String)
}

/// When a webhook is tried again, and when it is given up.
///
/// The waits follow what Standard Webhooks recommends: a moment for a restart, minutes and hours for a fault, days for a weekend.
public struct DeliverySchedule: Hashable, Sendable {
  /// The waits after the first attempt, the second, and so on, in microseconds.
  public let waits: [Microseconds]
  /// How long after the first attempt the last one is made at the latest, in microseconds.
  public let lifetime: Microseconds
  /// Each wait is lengthened by up to this share of itself, so that what failed together does not come back together.
  public let jitter: Double

  /// The longest wait that a receiver may ask for with `Retry-After`, in microseconds: 12 hours.
  public static let longestRetryAfter: Microseconds = 43_200_000_000
  /// How long an event waits for somebody to set an address, in microseconds: 3 days, as long as it would be tried.
  public static let addressPatience: Microseconds = 259_200_000_000

  /// 5 s, 5 and 30 min, 2, 5, 10, 14, 18 and 22 h: ten attempts, and a last one 3 days after the first.
  public static let standard = DeliverySchedule(
    seconds: [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 64_800, 79_200, 86_400], lifetime: 259_200, jitter: 0.1)

  /// A schedule from seconds.
  public init(seconds: [Double], lifetime: Double, jitter: Double) {
    waits = seconds.map { Microseconds($0 * 1_000_000) }
    self.lifetime = Microseconds(lifetime * 1_000_000)
    self.jitter = jitter
  }

  /// Decides what becomes of an event after an attempt.
  /// - Parameters:
  ///   - entry: the event as it stood before the attempt.
  ///   - startedAt: when the attempt began.
  ///   - clock: when it ended, and how far the clock can be believed: no step of it ends an event's time.
  ///   - chance: a number in 0..<1 from the caller's random source.
  public func verdict(
    on answer: WebhookAnswer, to entry: OutboxEntry, startedAt: Microseconds, clock: ClockReading, chance: Double
  ) -> OutboxVerdict {
    var asked: Microseconds = 0
    switch answer {
    case .answered(200..<300, _, _): return .delivered
    case .answered(410, _, _):
      return .parked(note: "The receiver answered 410: it does not want this any more.")
    case .answered(_, let retryAfter, _):
      asked = min(max(retryAfter.map { $0.components.seconds * 1_000_000 } ?? 0, 0), Self.longestRetryAfter)
    case .failed: break
    }
    let first = entry.firstAttemptAt ?? startedAt
    guard entry.attempts < waits.count, clock.elapsed(since: first) < lifetime else {
      return .parked(note: "Not taken in \(entry.attempts + 1) attempts; the last one: \(answer.summary)")
    }
    let wait = waits[entry.attempts]
    let spread = wait + Microseconds(Double(wait) * jitter * chance)
    return .retry(at: min(clock.now + max(spread, asked), clock.end(of: lifetime, since: first)))
  }
}

extension WebhookAnswer {
  /// The status, where there is one.
  var status: Int? {
    if case .answered(let status, _, _) = self { status } else { nil }
  }

  /// What is kept of it.
  var text: String {
    switch self {
    case .answered(_, _, let excerpt): excerpt
    case .failed(let detail): detail
    }
  }

  /// One sentence for people; never what the receiver wrote.
  var summary: String {
    switch self {
    case .answered(300..<400, _, _):
      "a redirect, which is not followed: set mpesa_webhook_url to the final address."
    case .answered(let status, _, _): "status \(status)."
    case .failed(let detail): detail
    }
  }
}
