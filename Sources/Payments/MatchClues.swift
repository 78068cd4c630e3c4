public import Daraja

/// What a callback tells about the push that it belongs to.
///
/// A failure has no metadata. Then the CheckoutRequestID is all there is: since 2021 it is `ws_CO_`, the time of the push as
/// `ddMMyyyyHHmmssSSS` in East Africa Time, and the nine national digits of the phone.
public struct MatchClues: Hashable, Sendable {
  private static let prefix = "ws_CO_"
  private static let timeDigits = 17
  private static let phoneDigits = 9

  /// Every phone it names; none, one, or two that may differ. Masked ones are left out: they prove nothing.
  public var phones: Set<MSISDN> = []
  /// The amount, where it says one.
  public var amount: Amount?
  /// When Safaricom took the push, where the CheckoutRequestID says so.
  public var pushedAt: Microseconds?

  /// What this callback tells.
  public init(_ callback: STKCallback) {
    amount = callback.amount
    if let phone = callback.phone.flatMap({ try? MSISDN($0) }) { phones.insert(phone) }
    guard let name = callback.checkoutRequestID, name.hasPrefix(Self.prefix) else { return }
    let digits = name.utf8.dropFirst(Self.prefix.utf8.count).map { Int64($0) - 0x30 }
    guard digits.count == Self.timeDigits + Self.phoneDigits, digits.allSatisfy({ (0...9).contains($0) }),
      let phone = try? MSISDN(String(name.suffix(Self.phoneDigits)))
    else { return }
    phones.insert(phone)
    pushedAt = Self.time(digits)
  }

  /// The time in the first 17 digits, or nil where they are none.
  private static func time(_ digits: [Int64]) -> Microseconds? {
    func number(_ range: Range<Int>) -> Int64 { digits[range].reduce(0) { $0 * 10 + $1 } }
    let (day, month, year) = (number(0..<2), number(2..<4), number(4..<8))
    let (hour, minute, second) = (number(8..<10), number(10..<12), number(12..<14))
    guard (1...31).contains(day), (1...12).contains(month), hour < 24, minute < 60, second < 60 else { return nil }
    let milliseconds = ((hour * 60 + minute) * 60 + second) * 1_000 + number(14..<17)
    return
      (DarajaTimestamp.daysSinceEpoch(year: year, month: month, day: day) * 86_400_000 + milliseconds
      - DarajaTimestamp.offsetSeconds * 1_000) * 1_000
  }
}
