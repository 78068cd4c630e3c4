/// Turns an answer to an STK query into what it says about the payment (portal, MpesaExpressQuery).
enum QueryAnswer {
  static func outcome(of answer: DarajaAnswer, checkoutRequestID: String) -> QueryOutcome {
    switch answer {
    case .object(let object): result(object, checkoutRequestID: checkoutRequestID)
    case .failure(let failure): outcome(of: failure)
    }
  }

  static func outcome(of failure: DarajaFailure) -> QueryOutcome {
    if failure.code == DarajaErrorCode.anything {
      // "Being processed", "does not exist", "internal error": measured in the sandbox also after the final result.
      var failure = failure
      failure.kind = .noInformation
      failure.field = nil
      return .noInformation(failure)
    }
    switch failure.kind {
    case .invalidRequest, .credentials, .notSubscribed, .invalidToken:
      return .permanent(failure)
    case .subscriberLocked, .rateLimited, .blockPage, .emptyBody, .unreadable, .serverError, .timeout, .connection,
      .cancelled, .noInformation:
      return .noInformation(failure)
    }
  }

  private static func result(_ object: JSONValue, checkoutRequestID: String) -> QueryOutcome {
    func nothing(_ kind: DarajaFailure.Kind, _ message: String) -> QueryOutcome {
      .noInformation(DarajaFailure(kind: kind, httpStatus: 200, message: message))
    }
    var conflicts: [String] = []
    let code = JSONFields.text("ResultCode", in: object, conflicts: &conflicts)
    let responseCode = JSONFields.text("ResponseCode", in: object, conflicts: &conflicts)
    let id = JSONFields.text("CheckoutRequestID", in: object, conflicts: &conflicts)
    guard conflicts.isEmpty else { return nothing(.unreadable, "the answer contradicts itself in \(conflicts)") }
    guard let code, !code.isEmpty, code.utf8.count <= STKCallbackReader.maximumResultCodeBytes else {
      return nothing(.noInformation, "the answer has no usable ResultCode")
    }
    guard id == nil || id == checkoutRequestID else {
      return nothing(.unreadable, "the answer is about another CheckoutRequestID")
    }
    // Sometimes missing, as in the reduced 4999 answer.
    guard responseCode == nil || responseCode == "0" else {
      return nothing(.noInformation, "the answer has a ResultCode, but its ResponseCode is not 0")
    }
    let description = object["ResultDesc"]?.text
      .map { String($0.prefix(STKCallbackReader.maximumDescriptionLength)) }
    let result = ResultCode(code)
    return result.meaning == .pending ? .pending(description: description) : .final(result, description: description)
  }
}
