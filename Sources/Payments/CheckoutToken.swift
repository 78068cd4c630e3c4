public import Crypto

/// The unguessable last segment of an order's checkout address: `<id>.<tag>`. Whoever has it may see the order and pay it, and nothing else.
public struct CheckoutTokens: Sendable {
  private let numbers: SignedNumber

  /// Tokens under a key that never leaves the host. It may be the key of the ``CallbackTokens``: neither kind passes for the other.
  public init(key: SymmetricKey) {
    numbers = SignedNumber(key: key, purpose: "mpesad checkout address v1 ")
  }

  /// The token of an order.
  public func token(for id: OrderID) -> String { numbers.text(of: id.number) }

  /// The order that a token proves, or nil when it proves none. Compares in constant time, reads no database.
  public func order(of token: some StringProtocol) -> OrderID? { numbers.number(in: token).map { OrderID($0) } }
}
