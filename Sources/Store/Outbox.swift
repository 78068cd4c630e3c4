public import Daraja
public import Payments

/// Where an event for the merchant stands. Raw values are stable.
public enum OutboxState: String, Hashable, Sendable, CaseIterable {
  /// It is to be sent, now or later.
  case waiting
  /// The merchant's system took it.
  case delivered
  /// The merchant's system did not take it for the whole schedule. A person decides.
  case parked
  /// There was nobody to tell: no webhook address was set in time.
  case unaddressed
}

/// One event that the merchant is told of: one row of the outbox.
public struct OutboxEntry: Hashable, Sendable {
  /// The longest time between two attempts, in microseconds: 27 hours, more than the schedule's longest wait with its spread. An event whose
  /// next attempt lies further ahead was planned by a clock that was wrong: it is due.
  public static let longestWait: Microseconds = 97_200_000_000

  /// The number of the event in the timeline.
  public var id: OutboxID
  /// The transaction it is about.
  public var transaction: TransactionID
  /// What happened.
  public var notification: Notification
  /// When it was decided, and written down.
  public var createdAt: Microseconds
  /// The body as it was fixed then; every attempt sends these bytes. Empty once retention has removed them.
  public var payload: [UInt8]
  /// Where it stands.
  public var state: OutboxState
  /// How often it was sent since it was written down, or since a person had it sent again.
  public var attempts: Int
  /// When the first of these attempts began.
  public var firstAttemptAt: Microseconds?
  /// When it is to be sent next; nil when it is not.
  public var nextAttemptAt: Microseconds?
  /// When it was delivered, or given up.
  public var finishedAt: Microseconds?
  /// When retention removed the payload.
  public var purgedAt: Microseconds?
  /// Why it is where it is, for people; nil while nothing is to be said.
  public var note: String?

  /// Its name for the merchant (`webhook-id`): the same in every attempt. The time is part of it, so that a database that was restored
  /// from a backup does not give one name to two events.
  public var webhookID: String { "evt_\(id)_\(createdAt)" }
}

/// One attempt to send an event.
public struct OutboxAttempt: Hashable, Sendable {
  /// As much of an answer is kept, in bytes.
  public static let keptAnswerBytes = 500
  /// As many attempts are kept of one event; older ones make room.
  public static let keptAttempts = 20

  /// When it began.
  public var at: Microseconds
  /// How long it took, in microseconds.
  public var duration: Microseconds
  /// The HTTP status; nil when there was no answer.
  public var status: Int?
  /// The beginning of the answer's body, or what went wrong.
  public var answer: String

  /// An attempt with all its parts. The answer is cut to ``keptAnswerBytes``.
  public init(at: Microseconds, duration: Microseconds, status: Int?, answer: String) {
    self.at = at
    self.duration = duration
    self.status = status
    self.answer = String(decoding: answer.utf8.prefix(Self.keptAnswerBytes), as: UTF8.self)
  }
}

/// What becomes of an event after an attempt.
public enum OutboxVerdict: Hashable, Sendable {
  case delivered
  case retry(at: Microseconds)
  case parked(note: String)
}

/// Which events a list shows.
public struct OutboxFilter: Hashable, Sendable {
  /// In this state.
  public var state: OutboxState?
  /// Of this transaction.
  public var transaction: TransactionID?
  /// Of the transactions of this order.
  public var order: OrderID?
  /// Telling of this.
  public var notification: Notification?
  /// The first moment of being decided.
  public var since: Microseconds?
  /// The first moment of being decided that is too late.
  public var until: Microseconds?

  /// Everything, unless narrowed.
  public init(state: OutboxState? = nil, transaction: TransactionID? = nil) {
    self.state = state
    self.transaction = transaction
  }
}

/// What came of having an event sent again.
public enum Resending: Hashable, Sendable {
  /// It is due now, under its old name and with its old body.
  case due
  /// Retention has removed its body.
  case purged(at: Microseconds)
  case noSuchEntry
}

/// How much waits to be told, and how much could not be.
public struct OutboxCensus: Hashable, Sendable {
  /// Events to be sent, now or later.
  public var waiting = 0
  /// Events that the merchant's system never took.
  public var parked = 0
  /// When the oldest waiting one was decided.
  public var oldestWaiting: Microseconds?

  /// Nothing, unless said.
  public init(waiting: Int = 0, parked: Int = 0, oldestWaiting: Microseconds? = nil) {
    self.waiting = waiting
    self.parked = parked
    self.oldestWaiting = oldestWaiting
  }
}
