/// The fields of a push that passed the checks.
struct PushFields: Sendable, Equatable {
  var amount: Int64
  var phone: String
  var callbackURL: String
  var partyMismatch: Bool
}

extension SimulatorConfiguration {
  /// Checks a push field by field, in the order of the portal's table, then the merchant and the password.
  ///
  /// Stricter than the sandbox in one point: it took an AccountReference of 15 characters, the portal's limit of 12 is
  /// kept here, since longer ones lost prompts in production.
  func checkPush(_ body: [String: JSONValue]) throws(Refusal) -> PushFields {
    let (shortcode, timestamp, password) = try signedFields(of: body)
    let type = body["TransactionType"]?.text ?? ""
    guard ["CustomerPayBillOnline", "CustomerBuyGoodsOnline"].contains(type) else {
      throw .invalid("TransactionType")
    }
    guard let amountText = body["Amount"]?.digitsOrText, WireRules.isDigits(amountText),
      let amount = Int64(amountText), (1...maximumAmount).contains(amount)
    else { throw .invalid("Amount") }
    guard let payer = body["PartyA"]?.digitsOrText, WireRules.isMSISDN(payer) else { throw .invalid("PartyA") }
    guard let receiver = body["PartyB"]?.digitsOrText, WireRules.isShortcode(receiver) else {
      throw .invalid("PartyB")
    }
    guard let phone = body["PhoneNumber"]?.digitsOrText, WireRules.isMSISDN(phone) else {
      throw .invalid("PhoneNumber")
    }
    guard let callbackURL = body["CallBackURL"]?.text, WireRules.isCallbackURL(callbackURL),
      !WireRules.namesLocalhost(callbackURL)
    else { throw .invalid("CallBackURL") }
    guard let reference = body["AccountReference"]?.digitsOrText, (1...12).contains(reference.count) else {
      throw .invalid("AccountReference")
    }
    // The sandbox calls this field by another name when it is missing.
    guard let description = body["TransactionDesc"]?.text, (1...13).contains(description.count) else {
      throw .invalid("Remarks")
    }
    try checkMerchant(shortcode: shortcode, timestamp: timestamp, password: password)
    return PushFields(
      amount: amount, phone: phone, callbackURL: callbackURL,
      partyMismatch: type == "CustomerPayBillOnline" && receiver != shortcode)
  }

  /// Checks a query, and gives the CheckoutRequestID it asks about.
  func checkQuery(_ body: [String: JSONValue]) throws(Refusal) -> String {
    let (shortcode, timestamp, password) = try signedFields(of: body)
    guard let checkout = body["CheckoutRequestID"]?.text, !checkout.isEmpty else {
      throw .invalid("CheckoutRequestID")
    }
    try checkMerchant(shortcode: shortcode, timestamp: timestamp, password: password)
    return checkout
  }

  private func signedFields(
    of body: [String: JSONValue]
  ) throws(Refusal) -> (shortcode: String, timestamp: String, password: String) {
    guard let shortcode = body["BusinessShortCode"]?.digitsOrText, WireRules.isShortcode(shortcode) else {
      throw .invalid("BusinessShortCode")
    }
    guard let timestamp = body["Timestamp"]?.digitsOrText, WireRules.isTimestamp(timestamp) else {
      throw .invalid("Timestamp")
    }
    guard let password = body["Password"]?.text, !password.isEmpty else { throw .invalid("Password") }
    return (shortcode, timestamp, password)
  }

  private func checkMerchant(shortcode: String, timestamp: String, password: String) throws(Refusal) {
    guard shortcode == self.shortcode else { throw .merchant }
    guard decodedBase64(password) == shortcode + passkey + timestamp else { throw .password }
  }
}
