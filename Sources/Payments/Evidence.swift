public import Daraja

/// How far a callback may be believed.
public enum Trust: Hashable, Sendable {
  /// It came to the address that holds this transaction's own unguessable token.
  case token
  /// It came to the bare address, which anybody may know. It settles nothing; it only makes us ask.
  case none
}

/// A person's decision about a transaction in review.
public enum Ruling: String, Hashable, Sendable, CaseIterable {
  /// The money came: credit the order.
  case completed
  /// No money came, or it went back.
  case failed
}

/// Everything that can bear on where a payment stands.
public enum Evidence: Hashable, Sendable {
  /// What Safaricom answered to the push.
  case pushAnswer(PushAnswer)
  /// What was delivered to a callback address.
  case callback(STKCallback, Trust)
  /// What Safaricom answered when asked.
  case queryAnswer(QueryAnswer)
  /// A question was due that could not be put, since the push never got a CheckoutRequestID.
  case notAskable
  /// What a person decided.
  case operatorRuling(Ruling, who: String, why: String)
  /// Which delivery a person took to be about this transaction.
  case operatorMatch(Match)
}

extension Evidence {
  /// What Safaricom calls the push, where this evidence could give that name to a transaction that has none.
  public var nameOfPush: String? {
    switch self {
    case .callback(let callback, .token): callback.checkoutRequestID
    case .pushAnswer(.accepted(_, let checkoutRequestID)): checkoutRequestID
    default: nil
    }
  }
}

/// The answer to a push, as far as settlement cares.
public enum PushAnswer: Hashable, Sendable {
  /// The prompt is queued.
  case accepted(merchantRequestID: String?, checkoutRequestID: String)
  /// Nobody was prompted; `ours` when the cause is our own configuration. `detail` holds no secret and no number.
  case rejected(code: String?, detail: String, ours: Bool)
  /// Nobody was prompted, since M-Pesa is still at work on another transaction of this phone.
  case locked(code: String?, detail: String)
  /// The prompt may be live.
  case uncertain(detail: String)
}

/// The answer to a query, as far as settlement cares.
public enum QueryAnswer: Hashable, Sendable {
  /// A result code, with its text.
  case result(ResultCode, description: String?)
  /// Not decided yet (4999).
  case pending
  /// Nothing was learnt. `detail` holds no secret and no number.
  case noInformation(detail: String)
  /// Nothing was learnt, since Safaricom does not work, or the way to it. It says nothing about the payment and never ends the asking.
  /// `detail` holds no secret and no number.
  case outage(detail: String)
}

/// What settlement must know beyond the transaction itself; the store looks it up in the same commit.
public struct Circumstances: Hashable, Sendable {
  /// Another transaction that already holds the receipt in the evidence.
  public var receiptHeldBy: TransactionID?
  /// Another transaction that already paid the order.
  public var orderPaidBy: TransactionID?
  /// Another transaction that already has the CheckoutRequestID in the evidence.
  public var checkoutHeldBy: TransactionID?
  /// When to ask next if this evidence settles nothing; nil when the schedule is exhausted.
  public var nextQueryAt: Microseconds?

  /// Nothing known against the evidence unless said.
  public init(
    receiptHeldBy: TransactionID? = nil, orderPaidBy: TransactionID? = nil, checkoutHeldBy: TransactionID? = nil,
    nextQueryAt: Microseconds? = nil
  ) {
    self.receiptHeldBy = receiptHeldBy
    self.orderPaidBy = orderPaidBy
    self.checkoutHeldBy = checkoutHeldBy
    self.nextQueryAt = nextQueryAt
  }
}
