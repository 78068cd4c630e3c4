/// An M-Pesa receipt number, for example `NLJ7RT61SV`: the one key of a movement of money, the same on every channel.
public struct Receipt: Hashable, Sendable, CustomStringConvertible {
  /// The longest receipt taken, in characters. Real ones have ten.
  public static let maximumLength = 32

  /// The receipt as Safaricom wrote it, without surrounding white space.
  public let text: String

  /// Reads a receipt: 1 to 32 ASCII letters and digits, white space around them dropped, letters kept as they are.
  public init?(_ text: String) {
    let trimmed = text.trimmingASCIIWhitespace()
    guard (1...Self.maximumLength).contains(trimmed.utf8.count), trimmed.utf8.allSatisfy(\.isASCIIAlphanumeric)
    else { return nil }
    self.text = String(trimmed)
  }

  /// Same as ``text``.
  public var description: String { text }
}
