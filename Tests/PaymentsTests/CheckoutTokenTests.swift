import Crypto
import Payments
import Testing

@Suite("Checkout tokens")
struct CheckoutTokenTests {
  private static let key = SymmetricKey(data: [UInt8](repeating: 7, count: 32))
  private static let tokens = CheckoutTokens(key: key)
  private static let nonces: [Nonce?] = [nil, Nonce(0), Nonce(0x12ab), Nonce(.max)]

  @Test("A token proves its order and its nonce", arguments: [1, 9, 10, 456, 1_000_000, Int64.max], nonces)
  func roundTrip(number: Int64, nonce: Nonce?) {
    let proven = ProvenOrder(OrderID(number), nonce: nonce)
    let token = Self.tokens.token(for: proven)
    #expect(token.wholeMatch(of: /[0-9]+(\.[0-7][0-9a-f]{15})?\.[0-9a-f]{32}/) != nil)
    #expect(Self.tokens.proven(by: token) == proven)
    #expect(Self.tokens.proven(by: Substring(token)) == proven)
  }

  @Test("Links from before there were nonces go on being made as they were, and read")
  func stable() {
    #expect(
      Self.tokens.token(for: ProvenOrder(OrderID(456), nonce: nil)) == "456.ff1be3dbd406f0c8da0e4cf9e55e5331")
  }

  @Test("Under one key, a callback's token is no checkout's, nor the other way round", arguments: nonces)
  func purposes(nonce: Nonce?) {
    let callbacks = CallbackTokens(key: Self.key)
    for number in Int64(1)...50 {
      let (order, transaction) = (OrderID(number), TransactionID(number))
      #expect(Self.tokens.proven(by: callbacks.token(for: ProvenToken(transaction, nonce: nonce))) == nil)
      #expect(callbacks.proven(by: Self.tokens.token(for: ProvenOrder(order, nonce: nonce))) == nil)
    }
  }

  @Test("One order's tag does not fit another order, nor another key", arguments: nonces)
  func foreign(nonce: Nonce?) {
    let token = Self.tokens.token(for: ProvenOrder(OrderID(12), nonce: nonce))
    let rest = token.dropFirst(2)
    for number in ["1", "2", "13", "012", "-12", "+12", "", " 12"] {
      #expect(Self.tokens.proven(by: number + rest) == nil, "\(number)")
    }
    #expect(CheckoutTokens(key: CallbackTokens.newKey()).proven(by: token) == nil)
    for text in ["", ".", "12", "12.", token.uppercased(), token + "0", String(token.dropLast())] {
      #expect(Self.tokens.proven(by: text) == nil || text == token, "\(text)")
    }
  }
}
