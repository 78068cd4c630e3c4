/// The bodies of the requests (portal, MpesaExpressSimulate and MpesaExpressQuery).
enum DarajaBodies {
  static func push(_ request: STKPushRequest, account: MerchantAccount, timestamp: String) -> [UInt8] {
    let shillings = request.amount.cents / 100
    return JSONValue.object([
      .init("BusinessShortCode", .string(account.shortcode)),
      .init("Password", .string(password(account, timestamp: timestamp))),
      .init("Timestamp", .string(timestamp)),
      .init("TransactionType", .string(account.transactionType.rawValue)),
      .init("Amount", .number(String(shillings))),
      .init("PartyA", .string(request.phone.digits)),
      .init("PartyB", .string(account.partyB)),
      .init("PhoneNumber", .string(request.phone.digits)),
      .init("CallBackURL", .string(request.callbackURL)),
      .init("AccountReference", .string(request.accountReference)),
      .init("TransactionDesc", .string(request.description)),
    ]).bytes
  }

  static func query(_ checkoutRequestID: String, account: MerchantAccount, timestamp: String) -> [UInt8] {
    JSONValue.object([
      .init("BusinessShortCode", .string(account.shortcode)),
      .init("Password", .string(password(account, timestamp: timestamp))),
      .init("Timestamp", .string(timestamp)),
      .init("CheckoutRequestID", .string(checkoutRequestID)),
    ]).bytes
  }

  /// The same timestamp must stand beside it, or Daraja answers "Wrong credentials".
  static func password(_ account: MerchantAccount, timestamp: String) -> String {
    Base64.encode(account.shortcode + account.passkey.reveal() + timestamp)
  }
}
