/// An amount of Kenyan shillings, held as whole cents. No floating point number is ever involved.
public struct Amount: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The largest amount that text can express, in cents: 999,999,999,999.99 KES.
  ///
  /// Far above anything M-Pesa moves (250,000 KES a transaction), and low enough that the sum of ninety thousand such
  /// amounts still fits `Int64`.
  public static let maximumCents: Int64 = 99_999_999_999_999

  /// The longest text, in UTF-8 bytes, that is looked at: longer ones are padding or an attack.
  static let maximumTextBytes = 32

  /// The amount in cents; 100 cents are one shilling.
  public let cents: Int64

  /// An amount of so many cents. Any value is taken as it is, a negative one too.
  public init(cents: Int64) {
    self.cents = cents
  }

  /// Reads a decimal amount of shillings: `1500`, `1500.0`, `1500.00`, `1500.000`.
  ///
  /// Digits, then at most one point with digits behind it. A sign, an exponent, spaces, separators, a third
  /// significant decimal, more than 32 bytes, and anything above ``maximumCents`` give `nil`.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count <= Self.maximumTextBytes else { return nil }
    var cents: Int64 = 0
    var integerDigits = 0
    var decimals: Int?
    for byte in text.utf8 {
      if byte == UInt8(ascii: ".") {
        guard decimals == nil, integerDigits > 0 else { return nil }
        decimals = 0
        continue
      }
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      let digit = Int64(byte - UInt8(ascii: "0"))
      if let count = decimals {
        decimals = count + 1
        guard count < 2 else {
          guard digit == 0 else { return nil }
          continue
        }
      } else {
        integerDigits += 1
      }
      cents = cents * 10 + digit
      guard cents <= Self.maximumCents else { return nil }
    }
    guard integerDigits > 0, decimals != 0 else { return nil }
    for _ in min(decimals ?? 0, 2)..<2 { cents *= 10 }
    guard cents <= Self.maximumCents else { return nil }
    self.cents = cents
  }

  /// Shillings with two decimals, for example `1500.00`: the form that ``init(_:)`` reads back.
  public var description: String {
    let (shillings, rest) = cents.magnitude.quotientAndRemainder(dividingBy: 100)
    return "\(cents < 0 ? "-" : "")\(shillings).\(rest < 10 ? "0" : "")\(rest)"
  }

  /// The amount in shillings, or `nil` when there are cents left over: an STK push takes whole shillings only
  /// (portal, MpesaExpressSimulate).
  public var wholeShillings: Int64? {
    cents % 100 == 0 ? cents / 100 : nil
  }

  /// Orders amounts by their value.
  public static func < (left: Amount, right: Amount) -> Bool {
    left.cents < right.cents
  }
}
