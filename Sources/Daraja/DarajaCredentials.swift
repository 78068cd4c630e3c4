/// The keys of one Daraja app.
///
/// A new access token of an app invalidates the one before (portal, Authorization), so two programs, or staging and
/// production, must never share an app.
public struct DarajaCredentials: Sendable {
  /// The app's consumer key.
  public var consumerKey: Secret
  /// The app's consumer secret.
  public var consumerSecret: Secret

  /// The keys of one app.
  public init(consumerKey: Secret, consumerSecret: Secret) {
    self.consumerKey = consumerKey
    self.consumerSecret = consumerSecret
  }
}
