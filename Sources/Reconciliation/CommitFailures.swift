import Daraja
import Payments

/// Which payments' changes could not be committed lately, and who rests for it. A value, on the clock that nobody can set.
///
/// Where the database takes nothing, as on a full disk, asking on spends the budget on answers that are lost: all rest for ``rest``. A payment
/// whose commit fails for a reason of its own must not keep the others back. It is tried again after a wait of its own, which doubles, and
/// brings no rest for all where something else was committed since it failed before, or where nothing else has failed since.
struct CommitFailures: Hashable, Sendable {
  /// How long nothing is asked after a commit failed, in microseconds. It is also a payment's own first wait.
  static let rest: Microseconds = 5_000_000
  /// A payment's longest own wait, in microseconds: as long as whoever waits for it is kept waiting after the disk has room again, and one line
  /// in the log and one question of the budget in that time at most.
  static let longestWait: Microseconds = 60_000_000
  /// The most payments that are remembered. One that was dropped counts as one that has not failed yet.
  static let limit = 1_024

  private struct Failure: Hashable {
    var wait: Microseconds
    var until: Uptime
    /// ``commits`` at that time.
    var commits: Int
  }

  /// Until when nothing is asked.
  private(set) var restsUntil = Uptime.distantPast
  private var failures: [TransactionID: Failure] = [:]
  private var last: TransactionID?
  private var commits = 0

  /// A payment's change could not be committed.
  mutating func failed(_ id: TransactionID, at now: Uptime) {
    let before = failures[id]
    let isItsOwn = before.map { last == id || $0.commits < commits } ?? false
    if !isItsOwn { restsUntil = now + Self.rest }
    let wait = before.map { min(2 * $0.wait, Self.longestWait) } ?? Self.rest
    if before == nil, failures.count >= Self.limit { makeRoom() }
    failures[id] = Failure(wait: wait, until: now + wait, commits: commits)
    last = id
  }

  /// A payment's change was committed.
  mutating func committed(_ id: TransactionID) {
    failures[id] = nil
    commits += 1
  }

  /// How long until this payment is tried again, in microseconds; 0 when it may be now.
  func wait(for id: TransactionID, at now: Uptime) -> Microseconds { failures[id].map { max($0.until - now, 0) } ?? 0 }

  /// How many payments wait to be tried again.
  func waiting(at now: Uptime) -> Int { failures.values.count { $0.until > now } }

  private mutating func makeRoom() {
    guard let first = failures.min(by: { $0.value.until < $1.value.until }) else { return }
    failures[first.key] = nil
  }
}
