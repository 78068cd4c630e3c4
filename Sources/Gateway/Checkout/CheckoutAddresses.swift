public import Crypto
public import Payments

/// Where each order is paid, and what is shown there.
public struct CheckoutAddresses: Sendable {
  /// The path that tokens stand below.
  static let path = "/checkout"

  let tokens: CheckoutTokens
  private let read: @Sendable () -> CheckoutSettings

  /// - Parameters:
  ///   - key: a key that never leaves the host; it may be the one of the callback tokens.
  ///   - settings: what is in force at the moment.
  public init(key: SymmetricKey, settings: @escaping @Sendable () -> CheckoutSettings) {
    tokens = CheckoutTokens(key: key)
    read = settings
  }

  /// What is in force.
  var settings: CheckoutSettings { read() }

  /// The address that a shopper is sent to; nil where no public address is set.
  public func url(of order: Order) -> String? {
    settings.base.map { "\($0)\(Self.path)/\(tokens.token(for: order.token))" }
  }
}
