/// The two calls that the rest of a program needs of Daraja. ``DarajaClient`` makes them over HTTP.
///
/// Neither throws: every way of failing is an outcome that says what is certain.
public protocol DarajaAPI: Sendable {
  /// Prompts a customer to pay. Not idempotent: every call can become a prompt.
  func push(_ request: STKPushRequest) async -> PushOutcome

  /// Asks what became of the push that was accepted under this id.
  func query(checkoutRequestID: String) async -> QueryOutcome
}
