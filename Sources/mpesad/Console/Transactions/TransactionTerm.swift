import Daraja
import Payments

/// What somebody looks for among payments, as far as one field tells.
enum TransactionTerm: Hashable, Sendable {
  case nothing
  case phone(MSISDN)
  case receipt(Receipt)
  case order(Int64)
  case transaction(Int64)
  case checkoutRequestID(String)
  /// The merchant's own name for an order. Whatever the others mean may be one as well.
  case reference(String)
  case unclear

  /// The longest text that is looked at, in bytes: a CheckoutRequestID has at most 64.
  static let maximumBytes = 100
  /// A receipt has ten characters. Shorter words are slips.
  private static let shortestReceipt = 6
  /// Numbers of payments and orders are shorter than phone numbers, so that the two are not mixed up.
  private static let longestNumber = 8

  init(_ text: String) { self = Self.read(Self.trimmed(text)) }

  /// Without the blanks around it that come with copying.
  static func trimmed(_ text: String) -> String {
    let text = text.trimmingPrefix(while: \.isWhitespace).reversed().trimmingPrefix(while: \.isWhitespace)
    return String(text.reversed())
  }

  private static func read(_ text: String) -> TransactionTerm {
    guard !text.isEmpty else { return .nothing }
    guard text.utf8.count <= maximumBytes else { return .unclear }
    if text.hasPrefix("#") { return number(text.dropFirst()).map(TransactionTerm.order) ?? .unclear }
    if text.lowercased().hasPrefix("ws_") { return .checkoutRequestID(text) }
    if let phone = try? MSISDN(text) { return .phone(phone) }
    if let number = number(text[...]) { return .transaction(number) }
    if text.utf8.count >= shortestReceipt, text.contains(where: \.isLetter), let receipt = Receipt(text.uppercased()) {
      return .receipt(receipt)
    }
    return NewOrder.isReference(text) ? .reference(text) : .unclear
  }

  private static func number(_ text: Substring) -> Int64? {
    guard (1...longestNumber).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = Int64(text), number > 0
    else { return nil }
    return number
  }
}
