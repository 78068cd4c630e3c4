/// An HTTP answer of Daraja, sorted into "it answered the question" and "it did not".
enum DarajaAnswer: Equatable {
  /// HTTP 2xx with a JSON object that is not an error.
  case object(JSONValue)
  /// Everything else.
  case failure(DarajaFailure)

  /// How much of a body is searched for the firewall's marks, in bytes.
  private static let searchedBytes = 4_096

  static func read(_ response: HTTPExchangeResponse) -> DarajaAnswer {
    let status = response.status
    func failure(_ kind: DarajaFailure.Kind, _ message: String) -> DarajaAnswer {
      .failure(DarajaFailure(kind: kind, httpStatus: status, message: message))
    }
    let isEmpty = response.body.allSatisfy(\.isASCIIWhitespace)
    if !isEmpty, isPage(response.body) {
      return failure(.blockPage, "an HTML page instead of an answer")
    }
    let object: JSONValue?
    let problem: String
    do throws(JSONError) {
      object = try JSONValue.parse(response.body)
      problem = "JSON, but not an object"
    } catch {
      object = nil
      problem = "not JSON: \(error)"
    }
    if let object, let error = DarajaError(object) {
      return .failure(error.failure(status: status))
    }
    // Without Daraja's own words only the status is left.
    if status == 429 { return failure(.rateLimited, "too many requests") }
    if status == 401 { return failure(.invalidToken, "not authorized") }
    if isEmpty { return failure(.emptyBody, "the answer has no body") }
    guard let object, case .object = object else {
      return failure(status >= 500 ? .serverError : .unreadable, "the answer is \(problem)")
    }
    guard (200..<300).contains(status) else {
      return failure(status >= 500 ? .serverError : .unreadable, "an answer without an error code")
    }
    return .object(object)
  }

  /// Whether it is HTML, or the text of the Incapsula firewall.
  private static func isPage(_ body: [UInt8]) -> Bool {
    if body.first(where: { !$0.isASCIIWhitespace }) == UInt8(ascii: "<") { return true }
    let start = String(decoding: body.prefix(searchedBytes), as: UTF8.self)
    return start.contains("_Incapsula_Resource") || start.contains("Incapsula incident")
  }
}
