public import Daraja

/// Where a payment stands. See ``settle(_:with:in:at:)`` for the only way from one to another.
public enum PaymentStatus: String, Hashable, Sendable, CaseIterable {
  /// A prompt was sent, or the answer to sending it was lost.
  case pending
  /// Safaricom says paid. Never left again.
  case completed
  /// A final refusal, with a reason. Left only for proof of payment.
  case failed
  /// The evidence does not fit together, or there was none for the whole schedule. A person rules.
  case review
}

/// What is known of the push itself.
public enum PushState: String, Hashable, Sendable, CaseIterable {
  /// The intent is committed; the request may or may not have left.
  case requested
  /// Safaricom took the request and gave it a CheckoutRequestID.
  case accepted
  /// The answer was lost: the prompt may be live, and is never sent again by itself.
  case uncertain
  /// Certain: nobody was prompted.
  case rejected
}

/// Facts about a settled payment that a person should know; they never change its status.
public struct PaymentFlags: OptionSet, Hashable, Sendable {
  /// The set as stored.
  public let rawValue: Int64

  /// The set from its stored form.
  public init(rawValue: Int64) { self.rawValue = rawValue }

  /// The success came after the transaction had been called failed.
  public static let lateSuccess = PaymentFlags(rawValue: 1)
  /// The order was already paid by another transaction: refund one.
  public static let duplicatePayment = PaymentFlags(rawValue: 2)
  /// Only a query said paid; queries carry no receipt (portal, MpesaExpressQuery).
  public static let receiptMissing = PaymentFlags(rawValue: 4)
  /// Evidence that came after completion disagrees with it: another receipt or another amount.
  public static let contradicted = PaymentFlags(rawValue: 8)

  /// The names in use in the API and the journal, in a fixed order.
  public var names: [String] {
    [
      (PaymentFlags.lateSuccess, "late_success"), (.duplicatePayment, "duplicate_payment"),
      (.receiptMissing, "receipt_missing"), (.contradicted, "contradicted"),
    ].filter { contains($0.0) }.map(\.1)
  }
}

/// One prompt on one phone for one order, and all that is known of what became of it.
public struct Transaction: Hashable, Sendable {
  /// The number that the API gives out and that the callback token names.
  public var id: TransactionID
  /// The order it is meant to pay.
  public var orderID: OrderID
  /// What was asked for.
  public var amount: Amount
  /// Whom the prompt was sent to.
  public var phone: MSISDN
  /// Who started it: the `user_id` of the token, as text.
  public var createdBy: String
  /// When the intent was committed.
  public var createdAt: Microseconds
  /// What its callback address holds besides its number; nil for a transaction from before there were nonces.
  public var nonce: Nonce?

  /// What is known of the push.
  public var push: PushState
  /// Safaricom's name for the push, once known.
  public var checkoutRequestID: String?
  /// Safaricom's other name for the push, once known.
  public var merchantRequestID: String?

  /// Where the payment stands.
  public var status: PaymentStatus
  /// Why it failed or is in review; nil otherwise.
  public var reason: Reason?
  /// What a person should know besides.
  public var flags: PaymentFlags
  /// The receipt of the money that came, once known.
  public var receipt: Receipt?
  /// What came, where it differs from what was asked for.
  public var receivedAmount: Amount?
  /// The last result code that counted, as Safaricom wrote it.
  public var resultCode: ResultCode?
  /// The text beside it.
  public var resultDescription: String?

  /// When something was last heard that leaves open whether a prompt is live or money moves: the push's answer was lost, a result code
  /// that proves nothing, a phone that M-Pesa had locked. Nil once it is known how the payment ended.
  public var ambiguousAt: Microseconds?

  /// When the status last left pending.
  public var settledAt: Microseconds?
  /// When Safaricom is to be asked next; nil when nothing is left to ask.
  public var nextQueryAt: Microseconds?
  /// When it was last asked.
  public var lastQueryAt: Microseconds?
  /// How often it was asked.
  public var queries: Int
  /// When an answer last said nothing about the payment although Safaricom works; one within ``QuerySchedule/afterEnd`` of it is not noted,
  /// so that the next one that is noted lies at least that far from it.
  public var uselessAnswerAt: Microseconds?

  /// A transaction as it stands before its push leaves: pending, requested, first question scheduled.
  public init(
    id: TransactionID, orderID: OrderID, amount: Amount, phone: MSISDN, createdBy: String, createdAt: Microseconds,
    nextQueryAt: Microseconds, nonce: Nonce? = nil
  ) {
    self.id = id
    self.orderID = orderID
    self.amount = amount
    self.phone = phone
    self.createdBy = createdBy
    self.createdAt = createdAt
    self.nonce = nonce
    self.push = .requested
    self.status = .pending
    self.flags = []
    self.nextQueryAt = nextQueryAt
    self.queries = 0
  }
}
