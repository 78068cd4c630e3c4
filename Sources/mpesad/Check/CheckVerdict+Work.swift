import Daraja
import Store

extension CheckVerdict {
  /// How long a delivery may wait for a worker before it is said, and before it is a failure, in microseconds: under load settling rests.
  static let longWait: Microseconds = 60_000_000
  static let tooLongWait: Microseconds = 600_000_000
  /// How long the shop may go without hearing of a settlement before it is said, in microseconds.
  static let longSilence: Microseconds = 3_600_000_000

  /// - Parameter isServed: whether a daemon runs, so that waiting ends.
  static func inbox(_ census: Census, isServed: Bool, now: Microseconds) -> CheckLine {
    let waiting = census.deliveries[.received] ?? 0
    let parked = census.deliveries[.parked] ?? 0
    guard waiting > 0, let oldest = census.oldestWaiting else {
      return .ok(.inbox, parked == 0 ? "nothing waits" : "\(parked) parked until their payment is known")
    }
    let age = max(now - oldest, 0)
    let found = "\(waiting) wait, the oldest for \(age / 1_000_000) s"
    guard isServed else { return .warning(.inbox, found, "Start the daemon: it settles them.") }
    if age > tooLongWait { return .failed(.inbox, found, "See the daemon's log for what keeps its workers.") }
    if age > longWait { return .warning(.inbox, found, "Under heavy load this passes; else see the daemon's log.") }
    return .ok(.inbox, found)
  }

  static func review(_ census: Census) -> CheckLine {
    let review = census.transactions[.review] ?? 0
    let unmatched = census.deliveries[.unmatched] ?? 0
    let quarantined = census.deliveries[.quarantined] ?? 0
    var found: [String] = []
    var advice: [String] = []
    if review > 0 {
      found.append("\(review) payments in review")
      advice.append("`mpesad transactions list --status review`, then `resolve`.")
    }
    if unmatched > 0 {
      found.append("\(unmatched) deliveries unmatched")
      advice.append("`mpesad inbox list --status unmatched`.")
    }
    if quarantined > 0 {
      found.append("\(quarantined) deliveries quarantined")
      advice.append("`mpesad inbox list --status quarantined`.")
    }
    return found.isEmpty
      ? .ok(.review, "nothing waits for a person")
      : .warning(.review, found.joined(separator: ", "), advice.joined(separator: " "))
  }

  /// Strangers can post as they like. What they fill is bounded; that it is nearly full is worth knowing before it pushes out what a person
  /// still wants to read.
  static func unproven(_ found: UnprovenMessages?) -> CheckLine {
    guard let found else { return .skipped(.unproven, "the schema does not count them yet") }
    let budget = found.budget
    var text =
      "\(found.rows) messages of up to \(budget.rows) that prove nothing, \(ByteCount(found.bytes)) of \(ByteCount(budget.bytes))"
    let gone = found.removed.rows + found.removed.bodies
    if gone > 0 {
      text += "; made room so far: \(found.removed.rows) messages, and the bytes of \(found.removed.bodies)"
      let days = found.removedByDay.map {
        "\($0.rows + $0.bodies) that came on \(Moment($0.day).description.prefix(10))"
      }
      if !days.isEmpty { text += " (\(days.joined(separator: ", ")))" }
    }
    let isNearlyFull = found.rows > budget.rows / 5 * 4 || found.bytes > budget.bytes / 5 * 4
    return isNearlyFull
      ? .warning(
        .unproven, text,
        "The oldest make room. `mpesad sources` says who posts so much: turn them away, or set mpesa_callback_policy to enforce; "
          + "`mpesad inbox discard --unproven` removes what is there.")
      : .ok(.unproven, text)
  }

  static func webhooks(_ outbox: OutboxCensus?, now: Microseconds) -> CheckLine {
    guard let outbox else { return .skipped(.webhooks, "the schema has none yet") }
    if outbox.parked > 0 {
      return .warning(
        .webhooks, "\(outbox.parked) were never taken by the shop",
        "`mpesad deliveries list`, mend the shop's end, then `mpesad deliveries resend`.")
    }
    let age = outbox.oldestWaiting.map { max(now - $0, 0) } ?? 0
    if age > longSilence {
      return .warning(
        .webhooks, "\(outbox.waiting) wait, the oldest for \(age / 60_000_000) min",
        "`mpesad deliveries list` shows what the shop answers.")
    }
    return .ok(.webhooks, outbox.waiting == 0 ? "all told" : "\(outbox.waiting) on their way")
  }
}
