import Daraja
import HTTPTypes

/// One operation of the API as the document describes it.
struct DocumentedOperation: Sendable {
  /// What an answer without an error looks like.
  struct Success: Sendable {
    var status: Int
    var description: String
    /// The body's type; nil for an answer without a body.
    var contentType: String? = "application/json"
    /// The body's schema, as JSON.
    var schema = "true"
    /// An example of the body, as JSON.
    var example: String?
    /// Header fields besides those of every answer, as JSON members.
    var headers = ""
  }

  let method: HTTPRequest.Method
  /// The path as clients write it, parameters in braces, with its trailing slash.
  let path: String
  let id: String
  let tag: String
  let summary: String
  let description: String
  /// Who may call it.
  var access = Access.users
  /// Parameters, as JSON objects.
  var parameters: [String] = []
  /// The body, as a JSON object.
  var body: String?
  let successes: [Success]
  /// Errors besides those that every operation of its kind has.
  var errors: [ErrorCode] = []

  enum Access: Sendable {
    case users
    case everybody
    /// Programs on this host, and staff.
    case thisHostAndStaff
    /// Safaricom; no token is looked at.
    case callbacks
  }

  /// Every error that it can answer with.
  var allErrors: [ErrorCode] {
    var all = errors + Self.ofEveryRequest
    if access != .callbacks { all += Self.ofTheRouter }
    switch access {
    case .users: all += [.tokenMissing, .tokenInvalid, .tokenExpired]
    case .thisHostAndStaff: all += [.tokenMissing, .tokenInvalid, .tokenExpired, .forbidden]
    case .everybody, .callbacks: break
    }
    if body != nil, access != .callbacks { all += [.invalidJSON, .bodyTooLarge, .unsupportedMediaType] }
    return all
  }

  /// What any request can meet before anybody looks at what it asks.
  static let ofEveryRequest: [ErrorCode] = [.malformedRequest, .requestTimeout, .headersTooLarge]
  /// What any request to the API can meet.
  static let ofTheRouter: [ErrorCode] = [
    .internalError, .storeUnavailable, .storeOverloaded, .stopping,
  ]

  /// The path as the router has it.
  var route: String {
    "/"
      + path.split(separator: "/").map { $0.hasPrefix("{") ? ":" + $0.dropFirst().dropLast() : String($0) }
      .joined(separator: "/")
  }

  /// The operation object, as JSON.
  var json: String {
    var members = [
      "\"operationId\":\(Self.text(id))", "\"tags\":[\(Self.text(tag))]", "\"summary\":\(Self.text(summary))",
      "\"description\":\(Self.text(description))",
    ]
    if !parameters.isEmpty { members.append("\"parameters\":[\(parameters.joined(separator: ","))]") }
    if let body { members.append("\"requestBody\":\(body)") }
    switch access {
    case .users: members.append("\"security\":[{\"token\":[]}]")
    case .thisHostAndStaff: members.append("\"security\":[{},{\"token\":[]}]")
    case .everybody, .callbacks: members.append("\"security\":[]")
    }
    members.append("\"responses\":{\((successes.map(Self.response) + errorResponses).joined(separator: ","))}")
    return "{\(members.joined(separator: ","))}"
  }

  private static func response(_ success: Success) -> String {
    var members = ["\"description\":\(text(success.description))"]
    if !success.headers.isEmpty { members.append("\"headers\":{\(success.headers)}") }
    if let type = success.contentType {
      let example = success.example.map { ",\"example\":\($0)" } ?? ""
      members.append("\"content\":{\(text(type)):{\"schema\":\(success.schema)\(example)}}")
    }
    return "\"\(success.status)\":{\(members.joined(separator: ","))}"
  }

  private var errorResponses: [String] {
    let byStatus = Dictionary(grouping: Set(allErrors), by: \.status)
    return byStatus.keys.sorted().map { status in
      let codes = (byStatus[status] ?? []).sorted { $0.rawValue < $1.rawValue }
      let meanings = codes.map { "`\($0.rawValue)`: \($0.sentence)" }.joined(separator: "\n\n")
      let names = codes.map { Self.text($0.rawValue) }.joined(separator: ",")
      let headers = Self.headers(ofStatus: status)
      return """
        "\(status)":{"description":\(Self.text(meanings)),\(headers)"content":{"application/json":{"schema":{
        "allOf":[{"$ref":"#/components/schemas/Error"},{"type":"object","properties":{"code":{"enum":[\(names)]}}}]}}}}
        """
    }
  }

  private static func headers(ofStatus status: Int) -> String {
    switch status {
    case 401: "\"headers\":{\"WWW-Authenticate\":{\"$ref\":\"#/components/headers/WWW-Authenticate\"}},"
    case 429, 503: "\"headers\":{\"Retry-After\":{\"$ref\":\"#/components/headers/Retry-After\"}},"
    default: ""
    }
  }

  /// A text as a JSON string.
  static func text(_ text: String) -> String { String(decoding: JSONValue.string(text).bytes, as: UTF8.self) }
}
