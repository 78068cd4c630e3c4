/// The gateway's rate limit on queries, and what it does to a client that does not heed it.
struct SpikeArrest: Sendable {
  enum Verdict: Sendable, Equatable {
    case allowed
    /// Apigee's fault.
    case fault
    /// 500.003.02, the form that the portal documents.
    case busy
    /// The firewall's page, from here on for a while.
    case blocked
  }

  private let limit: QueryLimit?
  /// When the next query would be on time if they came evenly; it runs ahead of the clock by what was used up.
  private var nextOnTime = Duration.zero
  private var violations = 0
  private var blockedUntil: Duration?

  init(limit: QueryLimit?) {
    self.limit = limit
  }

  /// - Parameter now: simulated time since the start.
  mutating func judge(now: Duration) -> Verdict {
    guard let limit else { return .allowed }
    let interval = limit.period / limit.messagesPerPeriod
    let due = max(nextOnTime, now)
    if due - now <= interval * (limit.burst - 1) {
      nextOnTime = due + interval
      violations = 0
      return .allowed
    }
    violations += 1
    if violations >= limit.violationsBeforeBlock {
      violations = 0
      blockedUntil = now + limit.block
      return .blocked
    }
    // Every third one in the other form, so that a client meets both.
    return violations % 3 == 0 ? .busy : .fault
  }

  func isBlocked(now: Duration) -> Bool { blockedUntil.map { now < $0 } ?? false }
}
