public import Daraja
public import Payments

/// Which transactions to list. What is nil does not matter; all that is given must hold.
public struct TransactionFilter: Hashable, Sendable {
  /// Where the payment stands.
  public var status: PaymentStatus?
  /// Whom the prompt was sent to.
  public var phone: MSISDN?
  /// The receipt of the money that came.
  public var receipt: Receipt?
  /// The order it is meant to pay.
  public var order: OrderID?
  /// The merchant's own name for the order; several orders may have the same.
  public var reference: String?
  /// Safaricom's name for the push.
  public var checkoutRequestID: String?
  /// Who started it.
  public var createdBy: String?
  /// The first moment of creation.
  public var since: Microseconds?
  /// The first moment of creation that is too late.
  public var until: Microseconds?

  /// All transactions.
  public init() {}
}

/// A part of a list of transactions, newest first.
public struct TransactionPage: Sendable {
  /// What is on it.
  public var transactions: [Transaction]
  /// Where the next one begins; nil when there is none.
  public var next: TransactionID?

  /// A page of these.
  public init(transactions: [Transaction], next: TransactionID?) {
    self.transactions = transactions
    self.next = next
  }
}

/// Which deliveries to list. What is nil does not matter; all that is given must hold.
public struct DeliveryFilter: Hashable, Sendable {
  /// Where the delivery stands.
  public var state: DeliveryState?
  /// The address it came from.
  public var source: String?
  /// The first moment of arrival.
  public var since: Microseconds?
  /// The first moment of arrival that is too late.
  public var until: Microseconds?

  /// All deliveries.
  public init() {}

  func admits(_ delivery: DeliverySummary) -> Bool {
    state.map { $0 == delivery.state } ?? true && source.map { $0 == delivery.source } ?? true
      && since.map { $0 <= delivery.receivedAt } ?? true && until.map { $0 > delivery.receivedAt } ?? true
  }
}

/// One row of the inbox without its body.
public struct DeliverySummary: Hashable, Sendable {
  /// How much of the body it shows, in bytes.
  public static let beginningLength = 256

  /// Its number, in the order of arrival.
  public var id: DeliveryID
  /// When it came.
  public var receivedAt: Microseconds
  /// The peer's address without its port.
  public var source: String
  /// The number of the transaction that the token in the address proves, or nil for the bare address. The transaction need not be here.
  public var token: TransactionID?
  /// Where it stands.
  public var state: DeliveryState
  /// How often work on it was begun.
  public var attempts: Int
  /// Why it is where it is, for people; nil while nothing is to be said.
  public var note: String?
  /// The transaction it was settled with.
  public var transaction: TransactionID?
  /// How long the body is, in bytes.
  public var length: Int
  /// The first bytes of the body.
  public var beginning: [UInt8]
  /// Whether its bytes were removed.
  public var isPurged = false
}

/// A part of a list of deliveries, newest first.
public struct DeliveryPage: Sendable {
  /// What is on it. May be fewer than asked for, even none, although more follow: the inbox is searched a stretch at a time.
  public var deliveries: [DeliverySummary]
  /// Where the next one begins; nil when there is none.
  public var next: DeliveryID?

  /// A page of these.
  public init(deliveries: [DeliverySummary], next: DeliveryID?) {
    self.deliveries = deliveries
    self.next = next
  }
}
