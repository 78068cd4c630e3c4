import Daraja
import Payments

@testable import Gateway

extension Uptime {
  /// A point so many microseconds after the machine started.
  static func at(_ microseconds: Microseconds) -> Uptime { Uptime(microseconds: microseconds) }
}

extension RateBuckets {
  mutating func take(_ key: String, at now: Microseconds) -> Microseconds? { take(key, at: Uptime.at(now)) }
}

extension RateLimiter {
  func take(_ key: String, at now: Microseconds) -> Microseconds? { take(key, at: Uptime.at(now)) }
}
