import Daraja

extension Settings {
  /// What is needed to send pushes and to ask.
  struct DarajaAccess: Sendable {
    var credentials: DarajaCredentials
    var account: MerchantAccount
    /// The public address that a payment's token is appended to, without a slash at its end.
    var callbackBase: String

    /// What is needed, or what is missing of it and what is wrong.
    static func read(_ source: SettingsSource) throws -> (DarajaAccess?, missing: [Setting]) {
      let shortcode = try source.value(.businessShortcode, expected: "5 to 7 digits", SettingText.digits)
      let till = try source.value(.tillNumber, expected: "5 to 7 digits", SettingText.digits)
      let type = try source.value(
        .transactionType, default: MerchantAccount.TransactionType.customerPayBillOnline,
        expected: "CustomerPayBillOnline or CustomerBuyGoodsOnline", MerchantAccount.TransactionType.init(rawValue:))
      let callback = try source.value(
        .callbackURL, expected: "an absolute http or https address without \"?\" and \"#\"", SettingText.baseAddress)
      // A paybill is paid at its own shortcode; with anything else in PartyB every payment fails with 2028.
      let receiver = type == .customerBuyGoodsOnline ? till : shortcode
      // Whatever is wrong, nothing is sent before it is mended: other words than the merchant meant may be other money.
      guard source.faults.isEmpty, let shortcode, let receiver, let callback, let key = source.text(.consumerKey),
        let secret = source.text(.consumerSecret), let passkey = source.text(.passkey)
      else {
        let unset = needed(for: type).filter { source.text($0) == nil }
        return (nil, unset + Setting.allCases.filter { source.faults[$0] != nil && !unset.contains($0) })
      }
      let access = DarajaAccess(
        credentials: DarajaCredentials(consumerKey: Secret(key), consumerSecret: Secret(secret)),
        account: MerchantAccount(
          shortcode: shortcode, passkey: Secret(passkey), transactionType: type, partyB: receiver),
        callbackBase: callback)
      return (access, [])
    }

    private static func needed(for type: MerchantAccount.TransactionType) -> [Setting] {
      let always: [Setting] = [.consumerKey, .consumerSecret, .businessShortcode, .passkey, .callbackURL]
      return always + (type == .customerBuyGoodsOnline ? [.tillNumber] : [])
    }
  }
}
