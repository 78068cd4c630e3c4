public import Daraja

/// The money that came in during one hour.
public struct HourMoney: Hashable, Sendable {
  /// Which hour, counted from the beginning of the span.
  public var hour: Int
  /// How many payments.
  public var payments: Int
  /// How much, in cents.
  public var cents: Int64

  /// An hour's money.
  public init(hour: Int, payments: Int, cents: Int64) {
    self.hour = hour
    self.payments = payments
    self.cents = cents
  }
}

/// Sums over what was paid.
public protocol MoneyStore: Sendable {
  /// The money of a span by the hour; hours without any are left out.
  func money(from start: Microseconds, to end: Microseconds) async throws -> [HourMoney]
  /// How many payments were completed in each of these spans.
  func payments(in spans: [Range<Microseconds>]) async throws -> [Int]
  /// When the first payment was completed; nil before it.
  func firstPayment() async throws -> Microseconds?
}
