import Daraja
import Reconciliation

extension Settings.Webhook {
  /// Where webhooks go; nil when no address is set.
  /// - Throws: `WebhookTargetError` when what is set does not suffice, naming the setting.
  func target(in environment: Settings.Environment) throws(WebhookTargetError) -> WebhookTarget? {
    guard let url else { return nil }
    let secret = secrets.isEmpty ? nil : Secret(secrets.map { $0.reveal() }.joined(separator: " "))
    // Within the merchant's own network, which is allowed by name, production may do without TLS.
    return try WebhookTarget(
      url: url, secret: secret, allowsPrivateAddresses: allowsPrivateAddresses,
      requiresTLS: environment == .production && !allowsPrivateAddresses)
  }
}
