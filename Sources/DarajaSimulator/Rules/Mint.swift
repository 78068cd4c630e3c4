/// Makes every identifier that the simulated API hands out, in the forms of 2025 and 2026.
struct Mint: Sendable {
  private var generator: SeededGenerator
  private var serial: UInt64

  private static let hexDigits = Array("0123456789abcdef")
  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
  private static let receiptDigits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
  private static let tokenCharacters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
  /// 36^7: what the last seven characters of a receipt can say.
  private static let serials: UInt64 = 78_364_164_096
  /// Neither even nor divisible by 3, so that stepping by it meets every serial once.
  private static let stride: UInt64 = 30_103_979_041

  init(seed: UInt64) {
    generator = SeededGenerator(seed: seed)
    serial = generator.next() % Self.serials
  }

  /// Ten characters: year, month and day of the payment in one each, as in all captured receipts, then seven that never
  /// repeat.
  mutating func receipt(on time: EastAfricaTime) -> String {
    serial = (serial + Self.stride) % Self.serials
    var rest = serial
    var tail = ""
    for _ in 0..<7 {
      tail.append(Self.receiptDigits[Int(rest % 36)])
      rest /= 36
    }
    // L was 2017. The letter of a year before 2006 or after 2031 is not known; the alphabet is begun again.
    let year = ((time.year - 2006) % 26 + 26) % 26
    return "\(Self.letters[year])\(Self.letters[time.month - 1])\(Self.receiptDigits[time.day])\(tail)"
  }

  mutating func merchantRequestID() -> String {
    [4, 4, 4, 16].map { generator.text(of: $0, from: Self.hexDigits) }.joined(separator: "-")
  }

  mutating func requestID() -> String { merchantRequestID() }

  /// 28 characters, as in the portal's samples.
  mutating func token() -> String { generator.text(of: 28, from: Self.tokenCharacters) }

  mutating func incident() -> String { String(generator.next()) }

  mutating func variation() -> Variation { Variation(bits: generator.next()) }

  /// - Parameter microseconds: since the epoch, UTC.
  static func checkoutRequestID(phone: String, at microseconds: Int64) -> String {
    "ws_CO_" + EastAfricaTime(microseconds: microseconds).ddMMyyyyHHmmssSSS + phone.suffix(9)
  }
}
