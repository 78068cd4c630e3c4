public import Crypto

/// The unguessable last segment of a transaction's own callback address: `<id>.<nonce>.<tag>`, of at most 69 characters.
///
/// Transactions from before there were nonces have `<id>.<tag>`; see ``Transaction/nonce``.
public struct CallbackTokens: Sendable {
  /// The length of a key made by ``newKey()``, in bytes.
  public static let keyLength = 32

  private let numbers: SignedNumber

  /// Tokens under a key that never leaves the host.
  public init(key: SymmetricKey) {
    numbers = SignedNumber(key: key, purpose: "mpesad callback address")
  }

  /// A fresh key from the system's random source.
  public static func newKey() -> SymmetricKey { SymmetricKey(size: .bits256) }

  /// The token that proves this.
  public func token(for proven: ProvenToken) -> String { numbers.text(of: proven.id.number, nonce: proven.nonce) }

  /// What a token proves, or nil when it proves nothing. Compares in constant time, reads no database: whether there is such a transaction is
  /// not looked at.
  public func proven(by token: some StringProtocol) -> ProvenToken? {
    numbers.proven(by: token).map { ProvenToken(TransactionID($0.number), nonce: $0.nonce) }
  }
}
