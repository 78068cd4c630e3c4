/// Turns an answer to an STK push into what is certain about it (portal, MpesaExpressSimulate).
enum PushAnswer {
  /// The longest id taken, in bytes. Daraja's have up to 40; an id is never cut.
  static let maximumIDBytes = 128
  /// How much is kept of a CustomerMessage, in characters.
  static let maximumMessageLength = 512

  static func outcome(of answer: DarajaAnswer) -> PushOutcome {
    switch answer {
    case .object(let object): accepted(object)
    case .failure(let failure): outcome(of: failure)
    }
  }

  /// What Daraja's refusal, or its failure to answer, means for the prompt.
  static func outcome(of failure: DarajaFailure) -> PushOutcome {
    switch failure.kind {
    case .invalidRequest, .credentials, .notSubscribed, .invalidToken:
      .rejected(failure)
    case .subscriberLocked, .rateLimited:
      .busy(failure, retryAfter: PushDelay.after(failure))
    case .blockPage, .emptyBody, .unreadable, .serverError, .timeout, .connection, .cancelled, .noInformation:
      .uncertain(failure)
    }
  }

  private static func accepted(_ object: JSONValue) -> PushOutcome {
    func uncertain(_ message: String) -> PushOutcome {
      .uncertain(DarajaFailure(kind: .unreadable, httpStatus: 200, message: message))
    }
    var conflicts: [String] = []
    let code = JSONFields.text("ResponseCode", in: object, conflicts: &conflicts)
    let id = JSONFields.text("CheckoutRequestID", in: object, conflicts: &conflicts)
    guard conflicts.isEmpty else { return uncertain("the answer contradicts itself in \(conflicts)") }
    guard let code, !code.isEmpty else { return uncertain("the answer has no ResponseCode") }
    guard code == "0" else {
      return .rejected(
        DarajaFailure(
          kind: .invalidRequest, httpStatus: 200, code: code,
          message: object["ResponseDescription"]?.text ?? "refused without a description"))
    }
    guard let id, (1...maximumIDBytes).contains(id.utf8.count) else {
      return uncertain("the answer accepts the push, but has no usable CheckoutRequestID")
    }
    return .accepted(
      merchantRequestID: object["MerchantRequestID"]?.text.flatMap { $0.utf8.count <= maximumIDBytes ? $0 : nil },
      checkoutRequestID: id,
      customerMessage: object["CustomerMessage"]?.text.map { String($0.prefix(maximumMessageLength)) })
  }
}

/// How long to wait before the same push can succeed.
enum PushDelay {
  /// The sandbox lets one request through every 12 s (its spike arrest fault says so), with a little slack.
  static let spikeArrest = Duration.seconds(15)
  /// "Please try again in few minutes."
  static let systemBusy = Duration.seconds(60)
  /// A quota is counted over a longer time than a spike.
  static let quota = Duration.seconds(300)
  /// The portal says at least 60 s, merchants report 2 to 3 minutes.
  static let subscriberLocked = Duration.seconds(120)
  /// Long enough for a connection or OAuth to recover from a hiccup, short enough for a customer who waits.
  static let unreachable = Duration.seconds(10)

  static func after(_ failure: DarajaFailure) -> Duration {
    switch failure.kind {
    case .subscriberLocked: return subscriberLocked
    case .cancelled: return .zero
    case .rateLimited:
      let text = failure.message.lowercased()
      if failure.code == DarajaErrorCode.quota || text.contains("quota") { return quota }
      return text.contains("busy") ? systemBusy : spikeArrest
    default: return unreachable
    }
  }
}
