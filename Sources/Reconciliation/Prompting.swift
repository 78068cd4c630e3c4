public import Daraja
public import Payments

/// Starts payments: the part of the house that sends prompts, as the HTTP side sees it.
public protocol Prompting: Sendable {
  /// Sends one prompt for an order, or says why none was sent.
  ///
  /// The intent is committed before the push leaves; a lost answer never leads to a second push.
  /// - Throws: `StoreError` when the intent cannot be committed; then nothing was sent.
  func prompt(order: OrderID, phone: MSISDN, by user: String) async throws -> PromptResult
}

/// What came of a prompt.
public enum PromptResult: Hashable, Sendable {
  /// Safaricom queued the prompt.
  case sent(Transaction, customerMessage: String?)
  /// This order's prompt is live already; nothing was sent.
  case alreadyOpen(Transaction)
  /// The answer was lost: the prompt may be live. Nothing is sent again by itself.
  case uncertain(Transaction)
  /// Certain: nobody was prompted, and trying again without a change will not help.
  case rejected(Transaction, DarajaFailure)
  /// Certain: nobody was prompted; it may be tried again after a while.
  case busy(Transaction, DarajaFailure, retryAfter: Duration)
  /// The guard in front of every push said no.
  case refused(Admission)
  /// There is no such order.
  case noSuchOrder
  /// No usable Daraja settings: callbacks are received, pushes are not sent. The text names what is missing.
  case notConfigured(String)
}

/// What came of wanting to ask Safaricom.
public enum AskOutcome: Hashable, Sendable {
  /// It was asked, now or a moment ago, and the answer is committed.
  case asked
  /// There was nothing to ask.
  case notNeeded
  /// Budget, breaker, a failed commit or the others who wait say: not now, but in so many microseconds, as long as Safaricom answers. The
  /// question keeps its place and is put in its turn, unless the line is full and its caller has the most places in it.
  case later(in: Microseconds)
  /// The transaction could not be read or the answer not committed; it will be asked again.
  case failed
  /// No usable Daraja settings: nobody is asked. The text names what is missing.
  case notConfigured(String)
}

/// Asks Safaricom about payments somebody is waiting for, as the HTTP side sees it.
///
/// `caller` tells apart those who wait, so that one who asks about many payments keeps nobody else waiting: they are served in turn.
public protocol Asking: Sendable {
  /// Asks about a pending transaction if its next question is due; returns when that is settled if it is put at once, or at
  /// once when there is nothing to ask or no budget. Then it is put in its turn. Never throws: the stored state is the answer either way.
  func askIfDue(_ id: TransactionID, for caller: String) async

  /// The same, without waiting for the answer: somebody watches the payment.
  func watch(_ id: TransactionID, for caller: String) async

  /// Asks about a transaction now, whether its next question is due or not, and waits up to ``Questioner/patience`` for its turn.
  ///
  /// A completed transaction is not asked about, nor one without a CheckoutRequestID: no answer could change them. Two questions about
  /// one transaction are at least ``Questioner/leastGap`` apart: before that the last answer counts. A question that is under way already is
  /// waited for instead. Who was told to come again, and comes at that time, gets the answer of the question that was put meanwhile.
  func ask(_ id: TransactionID, for caller: String) async -> AskOutcome
}
