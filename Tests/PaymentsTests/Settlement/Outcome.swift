import Daraja
import Payments

/// A decision in one line, so that a table of them can be read: `failed timeout, event failed, tells payment.failed`.
///
/// What did not change is left out, except the status.
struct Outcome: CustomStringConvertible {
  var before: Transaction
  var decision: Decision

  var description: String {
    let after = decision.transaction
    var parts = [[after.status.rawValue, after.reason?.rawValue].compactMap(\.self).joined(separator: " ")]
    if after.push != before.push { parts[0] += ", push \(after.push.rawValue)" }
    let flags = after.flags.subtracting(before.flags).names
    if !flags.isEmpty { parts.append("flag " + flags.joined(separator: " ")) }
    let unflagged = before.flags.subtracting(after.flags).names
    if !unflagged.isEmpty { parts.append("unflag " + unflagged.joined(separator: " ")) }
    if after.receipt != before.receipt { parts.append(before.receipt == nil ? "receipt" : "receipt replaced") }
    parts.append("event \(decision.event.kind.rawValue)")
    if let notification = decision.notification { parts.append("tells \(notification.rawValue)") }
    if decision.paysOrder { parts.append("pays") }
    if let next = after.nextQueryAt, next != before.nextQueryAt {
      parts.append(
        next == Example.now ? "asks now" : next == Example.scheduled ? "asks on schedule" : "asks at \(next)")
    }
    return parts.joined(separator: ", ")
  }
}
