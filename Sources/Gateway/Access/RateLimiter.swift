public import Daraja
import Synchronization

/// Says how often each caller may do something: so many times a minute, all of which may come at once.
///
/// Safe from any thread. Memory is bounded however many callers there are; see `RateBuckets` for what a forgotten one gains.
public final class RateLimiter: Sendable {
  /// Callers remembered unless something else is said. A caller costs about 150 bytes, so this is 1.5 MB.
  public static let standardCapacity = 10_000
  private static let minute: Microseconds = 60_000_000

  private struct State {
    var buckets: RateBuckets
    var isOff: Bool
  }

  private let state: Mutex<State>

  /// - Parameters:
  ///   - rate: calls a minute; 0 lets everybody through.
  ///   - burst: calls that may come at once; as many as a minute has unless something else is said.
  ///   - capacity: callers remembered at most.
  public init(rate: Int, burst: Int? = nil, capacity: Int = RateLimiter.standardCapacity) {
    let buckets = RateBuckets(interval: Self.interval(rate), burst: burst ?? rate, capacity: capacity)
    state = Mutex(State(buckets: buckets, isOff: rate <= 0))
  }

  /// Another rate from now on, with a minute's worth at once; what callers have used stays used.
  public func change(rate: Int) {
    state.withLock { state in
      state.buckets.resize(interval: Self.interval(rate), burst: rate)
      state.isOff = rate <= 0
    }
  }

  /// Takes one call.
  /// - Parameters:
  ///   - key: who calls.
  ///   - now: when, on the clock that nobody can set.
  /// - Returns: nil when it may go ahead, else the microseconds until it may be tried again. A refused call takes nothing.
  public func take(_ key: String, at now: Uptime) -> Microseconds? {
    state.withLock { state in state.isOff ? nil : state.buckets.take(key, at: now) }
  }

  private static func interval(_ rate: Int) -> Microseconds { minute / Microseconds(max(rate, 1)) }
}

extension ClientAddress {
  /// Who counts as one caller: an IPv4 address, or the /64 of an IPv6 address, since one host has that many of them.
  public var rateKey: String {
    guard case .ip(let address) = self, !address.isIPv4 else { return description }
    return IPAddress(number: (address.number >> 64) << 64).description + "/64"
  }
}
