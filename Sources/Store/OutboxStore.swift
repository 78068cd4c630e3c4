public import Daraja
public import Payments

/// What the merchant is told. Rows come into being in the commit of the decision they tell of, whether or not anybody is to be told.
///
/// Of each transaction only the oldest waiting event is ever due: a later one is not sent before the earlier one is delivered or given up.
/// Every function that writes returns only when its work is committed and on the disk; if it throws, nothing of it happened.
public protocol OutboxStore: Sendable {
  /// Ticks when events may have become due since the last tick. For one listener.
  var outboxAdditions: AsyncStream<Void> { get }

  /// Events whose time has come, most overdue first, one for each transaction at most.
  func outbox(dueAt now: Microseconds, limit: Int) async throws -> [OutboxEntry]

  /// When the next event after `now` comes due; nil when none is left.
  func nextOutboxDue(after now: Microseconds) async throws -> Microseconds?

  /// Writes down an attempt and what becomes of the event. Does nothing to an event that is not waiting any more.
  func conclude(_ attempt: OutboxAttempt, of id: OutboxID, _ verdict: OutboxVerdict) async throws

  /// Gives up waiting events that were never sent and are due since before a time: there was nobody to tell.
  /// - Returns: how many, at most `limit`.
  func giveUpUnaddressed(dueBefore cutoff: Microseconds, limit: Int, at now: Microseconds) async throws -> Int

  /// One event, or nil.
  func outboxEntry(_ id: OutboxID) async throws -> OutboxEntry?

  /// Events that a filter admits, newest first.
  ///
  /// Times are found exactly as long as the clock was never set back by more than ``BrowsingLimit/clockSlack``.
  /// - Parameters:
  ///   - last: the list begins behind this one.
  ///   - limit: at most so many, from 1 to ``BrowsingLimit/page``.
  func outbox(_ filter: OutboxFilter, after last: OutboxID?, limit: Int) async throws -> [OutboxEntry]

  /// The attempts on one event that were kept, oldest first.
  func outboxAttempts(of id: OutboxID) async throws -> [OutboxAttempt]

  /// The last attempt on each of some events; nothing for those that were never tried.
  func lastOutboxAttempts(of ids: [OutboxID]) async throws -> [OutboxID: OutboxAttempt]

  /// Makes events due now, with a fresh schedule and under their old names. To do it twice is harmless.
  /// - Returns: what came of each, in order.
  func resend(_ ids: [OutboxID], at now: Microseconds) async throws -> [Resending]

  /// How much there is to tell.
  func outboxCensus() async throws -> OutboxCensus
}
