/// Daraja's `errorCode` values that are told apart (portal, MpesaExpressSimulate, CustomerToBusiness, Reversal,
/// AccountBalance and Authorization).
enum DarajaErrorCode {
  /// Used for permanent errors, for a locked subscriber, for "being processed" and for anything else: on a push its
  /// message decides, on a query it says nothing.
  static let anything = "500.001.1001"
  /// "System is busy" and spike arrest.
  static let busy = "500.003.02"
  /// Quota violation.
  static let quota = "500.003.03"

  /// The access token is wrong or too old; which of them is used depends on the API that was called.
  static let invalidToken: Set<String> = ["404.001.03", "404.001.04", "400.003.01", "401.002.01", "401.003.01"]
  /// Consumer key, secret, authentication type or grant type are wrong.
  static let credentials: Set<String> = ["400.008.01", "400.008.02"]
}
