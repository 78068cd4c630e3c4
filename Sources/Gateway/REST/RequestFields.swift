import Daraja
import Payments

/// Reads the fields that requests have in common, with an error for each way of being wrong.
extension JSONObject {
  /// `order_id`: a whole number, as a number or as text.
  func orderID() throws(APIError) -> OrderID {
    let value = try required("order_id")
    guard let number = value.wholeNumber ?? value.digits, number > 0 else {
      throw APIError(.invalidOrderID, field: "order_id")
    }
    return OrderID(number)
  }

  /// `phone_number`, in any form that people write.
  func phoneNumber() throws(APIError) -> MSISDN {
    let value = try required("phone_number")
    guard let text = value.text else { throw APIError(.invalidPhoneNumber, field: "phone_number") }
    do {
      return try MSISDN(text)
    } catch {
      throw APIError(.invalidPhoneNumber, error.description, field: "phone_number")
    }
  }

  /// `amount`: shillings as text or as a number, never through floating point.
  func amount() throws(APIError) -> Amount {
    let value = try required("amount")
    guard let text = value.text else { throw invalidAmount("is neither text nor a number; write it like \"1500.00\"") }
    if let amount = Amount(text) {
      guard amount.cents > 0 else { throw invalidAmount("must be more than zero") }
      return amount
    }
    let digits = text.utf8.filter { $0 >= 0x30 && $0 <= 0x39 }.count
    let points = text.utf8.filter { $0 == UInt8(ascii: ".") }.count
    if text.hasPrefix("-") { throw invalidAmount("must not be negative") }
    if value == .number(text), text.utf8.contains(where: { $0 | 0x20 == UInt8(ascii: "e") }) {
      throw invalidAmount("must not have an exponent; write all digits")
    }
    guard digits + points == text.utf8.count, digits > 0, points <= 1, text.first != ".", text.last != "." else {
      throw invalidAmount("must have digits and at most one point, for example \"1500.00\"")
    }
    let decimals = text.split(separator: ".").dropFirst().first ?? ""
    if decimals.dropFirst(2).contains(where: { $0 != "0" }) {
      throw invalidAmount("has more than two decimals; a cent is the smallest part")
    }
    throw invalidAmount("is too large")
  }

  /// `reference`: becomes the AccountReference of the prompt, whose limits are Daraja's (portal, MpesaExpressSimulate).
  func reference() throws(APIError) -> String {
    let value = try required("reference")
    guard case .string(let text) = value, NewOrder.isReference(text) else {
      throw APIError(.invalidReference, field: "reference")
    }
    return text
  }

  /// `description`; empty when it is absent.
  func description() throws(APIError) -> String {
    guard let value = try optional("description") else { return "" }
    guard case .string(let text) = value, NewOrder.isDescription(text) else {
      throw APIError(.invalidDescription, field: "description")
    }
    return text
  }

  /// `success_url`, `cancel_url` and `expires_in_seconds`; how the order is paid at its checkout page.
  func checkoutTerms(at now: Microseconds) throws(APIError) -> CheckoutTerms {
    CheckoutTerms(
      expiresAt: now + 1_000_000 * (try lifetime()), successURL: try returnURL("success_url"),
      cancelURL: try returnURL("cancel_url"))
  }

  private func lifetime() throws(APIError) -> Int64 {
    guard let value = try optional("expires_in_seconds") else { return CheckoutTerms.standardLifetime }
    guard let seconds = value.wholeNumber, CheckoutTerms.lifetimes.contains(seconds) else {
      throw APIError(.invalidExpiry, field: "expires_in_seconds")
    }
    return seconds
  }

  private func returnURL(_ name: String) throws(APIError) -> String? {
    guard let value = try optional(name) else { return nil }
    guard case .string(let text) = value, CheckoutTerms.isReturnURL(text) else {
      throw APIError(.invalidReturnURL, field: name)
    }
    return text
  }

  private func invalidAmount(_ problem: String) -> APIError {
    APIError(.invalidAmount, "amount \(problem).", field: "amount")
  }
}
