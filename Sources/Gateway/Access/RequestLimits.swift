import Daraja

/// How often pushes may be started and questions be put: for each user, each phone and each address.
///
/// What only reads what is known costs nothing here. Staff are not counted as users, since a shop's backend may act for all
/// of its shoppers with one token; a backend without a staff token is one user, so that the standard leaves room for 120
/// payments a minute, more than twice what the busiest aggregator reported in its peak hour (2,676).
public final class RequestLimits: Sendable {
  private let users: RateLimiter
  private let phones: RateLimiter
  private let addresses: RateLimiter

  /// Calls a minute, which may come at once; nil or 0 for no limit.
  /// - Parameters:
  ///   - user: of one user who is not staff.
  ///   - phone: pushes to one phone. A person answers a prompt in half a minute at best.
  ///   - address: from one IPv4 address or one IPv6 /64, behind which there may be a shop's backend.
  public init(user: Int? = 120, phone: Int? = 5, address: Int? = 600) {
    users = RateLimiter(rate: user ?? 0)
    phones = RateLimiter(rate: phone ?? 0)
    addresses = RateLimiter(rate: address ?? 0)
  }

  /// Other limits from now on; what callers have used stays used.
  public func change(user: Int?, phone: Int?, address: Int?) {
    users.change(rate: user ?? 0)
    phones.change(rate: phone ?? 0)
    addresses.change(rate: address ?? 0)
  }

  /// Takes a push. The phone comes last: whoever may not call at all must not use up what somebody's phone may get.
  /// - Throws: `rate_limited`, with the time to wait.
  func takePush(by caller: Caller, from client: ClientAddress, to phone: MSISDN, at now: Uptime) throws(APIError) {
    try admit(addresses.take(client.rateKey, at: now), "from this address")
    if !caller.isStaff { try admit(users.take(caller.user, at: now), "by this user") }
    try admit(phones.take(phone.digits, at: now), "for this phone")
  }

  /// Takes a question to Safaricom. Questions and pushes are counted apart, so that waiting for one payment does not keep
  /// anybody from starting another.
  /// - Throws: `rate_limited`, with the time to wait.
  func takeQuestion(by caller: Caller, from client: ClientAddress, at now: Uptime) throws(APIError) {
    try admit(addresses.take("? " + client.rateKey, at: now), "from this address")
    if !caller.isStaff { try admit(users.take("? " + caller.user, at: now), "by this user") }
  }

  private func admit(_ wait: Microseconds?, _ whose: String) throws(APIError) {
    guard let wait else { return }
    throw APIError(
      .rateLimited, "Too many requests \(whose). Wait as long as Retry-After says.",
      retryAfter: .microseconds(wait))
  }
}
