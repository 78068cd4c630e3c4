public import Crypto

/// The unguessable last segment of an order's checkout address: `<id>.<nonce>.<tag>`. Whoever has it may see the order and pay it, and nothing
/// else.
///
/// Orders from before there were nonces have `<id>.<tag>`; see ``Order/nonce``.
public struct CheckoutTokens: Sendable {
  private let numbers: SignedNumber

  /// Tokens under a key that never leaves the host. It may be the key of the ``CallbackTokens``: neither kind passes for the other.
  public init(key: SymmetricKey) {
    numbers = SignedNumber(key: key, purpose: "mpesad checkout address")
  }

  /// The token that proves this.
  public func token(for proven: ProvenOrder) -> String { numbers.text(of: proven.id.number, nonce: proven.nonce) }

  /// What a token proves, or nil when it proves nothing. Compares in constant time, reads no database: whether there is such an order is not
  /// looked at.
  public func proven(by token: some StringProtocol) -> ProvenOrder? {
    numbers.proven(by: token).map { ProvenOrder(OrderID($0.number), nonce: $0.nonce) }
  }
}
