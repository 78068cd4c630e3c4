extension WireAnswer {
  /// A query's answer. ResultCode is a string here, an integer in callbacks; there is no receipt, amount or phone
  /// (portal, MpesaExpressQuery; captures of 2025).
  static func query(_ answer: QueryPlan.Answer, about push: Push) -> WireAnswer {
    switch answer {
    case .pending: result(about: push, code: pendingCode, text: pendingText)
    case .pendingReduced:
      .json(.object([("ResultCode", .string(pendingCode)), ("ResultDesc", .string(pendingText))]))
    case .processing: Refusal.processing.answer(requestID: push.checkoutRequestID)
    case .final(let outcome): result(about: push, code: outcome.code, text: outcome.queryText)
    }
  }

  /// Apigee's own fault, with the limit in its text. Its HTTP status was never captured; 429 is Apigee's default.
  static func spikeArrest(_ limit: QueryLimit) -> WireAnswer {
    let microseconds = limit.period.microseconds
    let text =
      "Spike arrest violation. Allowed rate : MessageRate{messagesPerPeriod=\(limit.messagesPerPeriod), "
      + "periodInMicroseconds=\(microseconds), maxBurstMessageCount=\(limit.burst).0}"
    let detail = JSONText.object([("errorcode", .string("policies.ratelimit.SpikeArrestViolation"))])
    return .json(.object([("fault", .object([("faultstring", .string(text)), ("detail", detail)]))]), status: 429)
  }

  private static let pendingCode = "4999"
  private static let pendingText = "The transaction is still under processing"

  private static func result(about push: Push, code: String, text: String) -> WireAnswer {
    .json(
      .object([
        ("ResponseCode", .string("0")),
        ("ResponseDescription", .string("The service request has been accepted successfully")),
        ("MerchantRequestID", .string(push.merchantRequestID)),
        ("CheckoutRequestID", .string(push.checkoutRequestID)),
        ("ResultCode", .string(code)),
        ("ResultDesc", .string(text)),
      ]))
  }
}
