/// A number that names one row and cannot be mixed up with another kind of row.
public struct Identifier<Kind>: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The number as it stands in the database, the API and the journal.
  public let number: Int64

  /// Wraps a number that came from the database or a request.
  public init(_ number: Int64) { self.number = number }

  /// The plain number.
  public var description: String { String(number) }

  /// Orders by number, which is the order in which rows were made.
  public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

/// The tag of an order's identifier.
public enum OrderKind {}
/// The tag of a transaction's identifier.
public enum TransactionKind {}
/// The tag of an inbox row's identifier.
public enum DeliveryKind {}
/// The tag of an outbox row's identifier.
public enum OutboxKind {}

/// Names an order.
public typealias OrderID = Identifier<OrderKind>
/// Names a transaction: one prompt on one phone.
public typealias TransactionID = Identifier<TransactionKind>
/// Names an inbox row: one delivery of bytes to a callback address.
public typealias DeliveryID = Identifier<DeliveryKind>
/// Names an outbox row: one event that the merchant is told of. It is the number of the event in the timeline.
public typealias OutboxID = Identifier<OutboxKind>
