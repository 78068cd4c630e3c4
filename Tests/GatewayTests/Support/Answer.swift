import Daraja

/// An HTTP answer as a test looks at it.
struct Answer: Sendable {
  var status: Int
  /// By lower-case name.
  var headers: [String: String]
  var body: String

  /// The body as JSON, or `null`.
  var json: JSONValue { (try? JSONValue.parse(body.utf8)) ?? .null }

  /// The code of an error in the one shape; nil when the body has another shape.
  var errorCode: String? {
    guard json["status"] == .string("error"), let code = json["code"]?.text, json["message"]?.text?.isEmpty == false,
      case .object(let members) = json, members.map(\.name) == ["status", "code", "message", "field"]
    else { return nil }
    return code
  }

  var errorField: String? { json["field"]?.text }
}
