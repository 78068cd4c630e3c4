/// An error body in any of the shapes that Daraja and the gateway in front of it use.
struct DarajaError {
  let code: String
  let message: String

  /// `nil` if the object is not an error.
  init?(_ object: JSONValue) {
    let fault = object["fault"] ?? object["Envelope"]?["Body"]?["Fault"]
    let texts =
      if let fault {
        (fault["detail"]?["errorcode"]?.text, fault["faultstring"]?.text ?? "a fault without a text")
      } else {
        // Daraja's own; then the two forms of OAuth errors.
        (
          object["errorCode"]?.text ?? object["ErrorCode"]?.text ?? object["error"]?.text,
          object["errorMessage"]?.text ?? object["Error"]?.text ?? object["error_description"]?.text
        )
      }
    code = texts.0 ?? ""
    message = texts.1 ?? ""
    guard !(code.isEmpty && message.isEmpty) else { return nil }
  }

  func failure(status: Int) -> DarajaFailure {
    let kind = kind(status: status)
    return DarajaFailure(
      kind: kind, httpStatus: status, code: code.isEmpty ? nil : code, message: message,
      field: kind == .invalidRequest ? field : nil)
  }

  /// The same code is used for permanent and for passing errors, so code and message decide together; what is not known
  /// is a server error or unreadable, which promise nothing.
  private func kind(status: Int) -> DarajaFailure.Kind {
    let text = message.lowercased()
    if DarajaErrorCode.invalidToken.contains(code) { return .invalidToken }
    if DarajaErrorCode.credentials.contains(code) || isInvalidClient { return .credentials }
    if isRateLimit(text) { return .rateLimited }
    if text.contains("apiproduct match") { return .notSubscribed }
    if text.contains("access token") && (text.contains("invalid") || text.contains("expired")) { return .invalidToken }
    if text.contains("unable to lock subscriber") || text.contains("already in process") { return .subscriberLocked }
    if text.contains("wrong credentials") { return .credentials }
    if text.contains("merchant does not exist") { return .invalidRequest }
    if status == 429 { return .rateLimited }
    if status == 401 { return .invalidToken }
    if isRefusal(status: status, text) { return .invalidRequest }
    return status >= 500 ? .serverError : .unreadable
  }

  /// How the OAuth policy of the gateway in front of Daraja calls a wrong consumer key.
  private var isInvalidClient: Bool {
    code == "invalid_client" || code.hasSuffix("InvalidClientIdentifier")
  }

  private func isRateLimit(_ text: String) -> Bool {
    code == DarajaErrorCode.busy || code == DarajaErrorCode.quota || code.hasPrefix("policies.ratelimit.")
      || text.contains("spike arrest") || text.contains("quota violation") || text.contains("system is busy")
  }

  /// Whether the gateway refused the request for its form, path or method, so that it never reached M-Pesa.
  private func isRefusal(status: Int, _ text: String) -> Bool {
    guard [400, 404, 405].contains(status) else { return false }
    return code.hasPrefix("\(status).") || (code.isEmpty && text.contains("bad request"))
  }

  /// The field in "Bad Request - Invalid CallBackURL"; `nil` if it does not end in one word.
  private var field: String? {
    if message.lowercased().contains("merchant does not exist") { return "BusinessShortCode" }
    guard let range = message.firstRange(of: "Invalid ") else { return nil }
    let word = message[range.upperBound...].trimmingASCIIWhitespace()
    return !word.isEmpty && word.utf8.allSatisfy(\.isASCIIAlphanumeric) ? String(word) : nil
  }
}
