/// The callback texts of one push, as Daraja writes them (portal, MpesaExpressSimulate; captures of 2025 and 2026).
struct CallbackBodies: Sendable {
  var push: Push
  var pace: Double

  /// The callback for `outcome`, which came about `time` after the push.
  func of(_ outcome: Outcome, at time: Duration) -> String {
    if outcome == .paid { return paid(at: time) }
    var fields = ids
    // An integer in every real capture, except for the codes that are none.
    let code: JSONText = Int64(outcome.code).map { .integer($0) } ?? .string(outcome.code)
    if Int64(outcome.code) == nil, push.variation.omitsIDs { fields = [] }
    fields += [("ResultCode", code), ("ResultDesc", .string(outcome.callbackText))]
    return envelope(fields)
  }

  func paid(at time: Duration, amount: Int64? = nil, receipt: String? = nil) -> String {
    envelope(success(.string(Outcome.paid.callbackText), at: time, amount: amount, receipt: receipt))
  }

  /// A success whose ResultDesc has a line feed that is not escaped, as a real confirmation over KES 6,000 had in its
  /// account number.
  func paidWithRawLineFeed(at time: Duration) -> String {
    envelope(success(.unescaped("The service request is\nprocessed successfully."), at: time))
  }

  private var ids: [(String, JSONText)] {
    [
      ("MerchantRequestID", .string(push.merchantRequestID)), ("CheckoutRequestID", .string(push.checkoutRequestID)),
    ]
  }

  private func success(
    _ text: JSONText, at time: Duration, amount: Int64? = nil, receipt: String? = nil
  ) -> [(String, JSONText)] {
    let shillings = amount ?? push.amount
    let value: JSONText = push.variation.amountHasCents ? .number("\(shillings).00") : .integer(shillings)
    let date = EastAfricaTime(microseconds: push.acceptedAt + (time * pace).microseconds)
    var items = [
      item("Amount", value),
      item("MpesaReceiptNumber", .string(receipt ?? push.receipt)),
    ]
    // The name without a value is how the real one says that it will not tell the balance.
    if push.variation.hasBalanceItem { items.append(item("Balance", nil)) }
    items.append(item("TransactionDate", .number(date.yyyyMMddHHmmss)))
    items.append(item("PhoneNumber", .number(push.phone)))
    return ids + [
      ("ResultCode", .integer(0)), ("ResultDesc", text),
      ("CallbackMetadata", .object([("Item", .array(items))])),
    ]
  }

  private func item(_ name: String, _ value: JSONText?) -> JSONText {
    .object([("Name", .string(name))] + (value.map { [("Value", $0)] } ?? []))
  }

  private func envelope(_ fields: [(String, JSONText)]) -> String {
    JSONText.object([("Body", .object([("stkCallback", .object(fields))]))]).rendered
  }
}
