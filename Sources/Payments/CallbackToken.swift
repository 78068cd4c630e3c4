public import Crypto

/// The unguessable last segment of a transaction's own callback address: `<id>.<tag>`.
public struct CallbackTokens: Sendable {
  /// The length of a key made by ``newKey()``, in bytes.
  public static let keyLength = 32

  private let numbers: SignedNumber

  /// Tokens under a key that never leaves the host.
  public init(key: SymmetricKey) {
    numbers = SignedNumber(key: key, purpose: "mpesad callback address v1 ")
  }

  /// A fresh key from the system's random source.
  public static func newKey() -> SymmetricKey { SymmetricKey(size: .bits256) }

  /// The token of a transaction.
  public func token(for id: TransactionID) -> String { numbers.text(of: id.number) }

  /// The transaction that a token proves, or nil when it proves none. Compares in constant time, reads no database.
  public func transaction(of token: some StringProtocol) -> TransactionID? {
    numbers.number(in: token).map { TransactionID($0) }
  }
}
