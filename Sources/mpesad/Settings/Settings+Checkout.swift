import Foundation
import Gateway

extension Settings {
  /// What shoppers see of the merchant, and where.
  struct Checkout: Sendable {
    /// The longest name, in characters: it stands in one or two lines on a small phone.
    static let maximumNameLength = 60

    /// Nil: the pages name nobody.
    var merchantName: String?
    /// The public address that `/checkout/<token>` is appended to, without a slash at its end. Nil: orders have no checkout address.
    var base: String?

    init(_ source: SettingsSource) throws {
      merchantName = try source.value(
        .merchantName, expected: "a name of at most \(Self.maximumNameLength) characters on one line"
      ) { text in
        text.count <= Self.maximumNameLength
          && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control } ? text : nil
      }
      base = try source.value(
        .checkoutURL, expected: "an absolute http or https address without \"?\" and \"#\"", SettingText.baseAddress)
      if base == nil { base = source.text(.callbackURL).flatMap(Self.origin) }
    }

    /// The scheme, host and port of an address.
    private static func origin(_ address: String) -> String? {
      guard var parts = SettingText.address(address) else { return nil }
      (parts.path, parts.query) = ("", nil)
      return parts.string
    }
  }

  /// What the checkout pages show with these settings.
  var checkoutPages: CheckoutSettings {
    CheckoutSettings(
      merchantName: checkout.merchantName, base: checkout.base,
      receiver: daraja.map {
        CheckoutSettings.Receiver(
          number: $0.account.partyB, isTill: $0.account.transactionType == .customerBuyGoodsOnline)
      },
      rules: rules)
  }
}
