import Crypto
import Payments
import Testing

@Suite("Checkout tokens")
struct CheckoutTokenTests {
  private static let key = SymmetricKey(data: [UInt8](repeating: 7, count: 32))
  private static let tokens = CheckoutTokens(key: key)

  @Test("A token proves its order", arguments: [1, 9, 10, 456, 1_000_000, Int64.max])
  func roundTrip(number: Int64) {
    let token = Self.tokens.token(for: OrderID(number))
    #expect(token.wholeMatch(of: /[0-9]+\.[0-9a-f]{32}/) != nil)
    #expect(Self.tokens.order(of: token) == OrderID(number))
    #expect(Self.tokens.order(of: Substring(token)) == OrderID(number))
  }

  @Test("Under one key, a callback's token is no checkout's, nor the other way round")
  func purposes() {
    let callbacks = CallbackTokens(key: Self.key)
    for number in Int64(1)...50 {
      #expect(Self.tokens.order(of: callbacks.token(for: TransactionID(number))) == nil)
      #expect(callbacks.transaction(of: Self.tokens.token(for: OrderID(number))) == nil)
    }
  }

  @Test("One order's tag does not fit another order, nor another key")
  func foreign() {
    let token = Self.tokens.token(for: OrderID(12))
    let tag = token.split(separator: ".")[1]
    for number in ["1", "2", "13", "012", "-12", "+12", "", " 12"] {
      #expect(Self.tokens.order(of: "\(number).\(tag)") == nil, "\(number)")
    }
    #expect(CheckoutTokens(key: CallbackTokens.newKey()).order(of: token) == nil)
    for text in ["", ".", "12", "12.", token.uppercased(), token + "0", String(token.dropLast())] {
      #expect(Self.tokens.order(of: text) == nil || text == token, "\(text)")
    }
  }
}
