import Daraja
import Foundation

extension Settings {
  /// Checks what no setting can be checked for alone.
  /// - Throws: ``SettingsError/contradiction(_:detail:)``, naming those that do not go together.
  func checkTogether(_ source: SettingsSource) throws {
    guard rules.minimum <= rules.maximum else {
      throw SettingsError.contradiction(
        [.minimumAmount, .maximumAmount],
        detail: "The smallest amount, \(rules.minimum), is above the largest, \(rules.maximum)")
    }
    // A prompt asks for whole shillings.
    guard (rules.minimum.cents + 99) / 100 <= rules.maximum.cents / 100 else {
      throw SettingsError.contradiction(
        [.minimumAmount, .maximumAmount],
        detail:
          "No whole shillings lie between the smallest amount, \(rules.minimum), and the largest, \(rules.maximum)")
    }
    if let text = source.text(.callbackURL), let parts = SettingText.address(text) { try check(callback: parts) }
    if environment == .production, let url = webhook.url, !url.hasPrefix("https://"),
      !webhook.allowsPrivateAddresses
    {
      throw SettingsError.contradiction(
        [.webhookURL, .environment], detail: "In production the webhook address must begin with https://")
    }
  }

  /// Whether Daraja is played by something on this side of the Internet, which takes callback addresses that Safaricom refuses.
  var isSimulated: Bool { !Environment.allCases.map(\.baseURL).contains(darajaBaseURL) }

  /// Daraja answers a loopback address with 400.002.02 "Invalid CallBackURL", and production takes https only (portal,
  /// MpesaExpressSimulate): every push would fail.
  private func check(callback parts: URLComponents) throws {
    guard !isSimulated else { return }
    if environment == .production, parts.scheme != "https" {
      throw SettingsError.contradiction(
        [.callbackURL, .environment],
        detail:
          "In production the callback address must begin with https://; put a TLS proxy in front of mpesad, or give it a "
          + "certificate")
    }
    if let host = parts.host, CallbackAddress.isLoopback(host) {
      throw SettingsError.contradiction(
        [.callbackURL],
        detail:
          "Safaricom cannot reach \(host) and refuses such an address; give the public one, or point daraja_base_url to a "
          + "simulator")
    }
  }
}
