/// How a payment ended, in the words of a callback and in those of a query. The two differ for the same payment
/// (measured in the sandbox, 2025 and 2026), which is why a client must read the code only.
struct Outcome: Sendable, Equatable {
  var code: String
  var callbackText: String
  var queryText: String

  private init(_ code: String, callback: String, query: String? = nil) {
    self.code = code
    callbackText = callback
    queryText = query ?? callback
  }

  static let paid = Outcome("0", callback: "The service request is processed successfully.")
  static let cancelled = Outcome(
    "1032", callback: "Request cancelled by user", query: "Request Cancelled by user.")
  static let unreachable = Outcome(
    "1037", callback: "DS timeout user cannot be reached.", query: "No response from user.")
  static let insufficientFunds = Outcome("1", callback: "The balance is insufficient for the transaction.")
  static let wrongPIN = Outcome("2001", callback: "The initiator information is invalid.")
  static let badDebt = Outcome("E3008", callback: "Error, the user has a bad debt contract.")
  /// A PayBill push whose PartyB is not the shortcode: accepted, then refused in the callback (portal,
  /// MpesaExpressSimulate).
  static let wrongParty = Outcome(
    "2028", callback: "The request is not permitted according to product assignment.")
}
