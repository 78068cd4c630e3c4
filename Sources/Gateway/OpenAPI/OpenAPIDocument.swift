import Crypto
import Daraja

/// The API's description, OpenAPI 3.1.
struct OpenAPIDocument: Sendable {
  /// The document.
  let bytes: [UInt8]
  /// Changes with every change of it.
  let etag: String

  init(version: String) {
    bytes = Array(Self.text(version: version).utf8)
    let digest = SHA256.hash(data: bytes).prefix(16)
    etag = "\"" + digest.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined() + "\""
  }

  private static func text(version: String) -> String {
    let paths = Dictionary(grouping: DocumentedOperations.all, by: \.path).sorted { $0.key < $1.key }.map { path, all in
      let operations = all.map { "\"\($0.method.rawValue.lowercased())\":\($0.json)" }
      return "\"\(path)\":{\(operations.joined(separator: ","))}"
    }
    let schemas = Schemas.all.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }
    return """
      {"openapi":"3.1.0","info":\(info(version: version)),"servers":[{"url":"/"}],\
      "tags":[{"name":"Payments"},{"name":"Orders"},{"name":"Callbacks"},{"name":"Operations"},{"name":"Webhooks"}],\
      "paths":{\(paths.joined(separator: ","))},"webhooks":\(DocumentedWebhooks.json),\
      "components":{"securitySchemes":\(securitySchemes),"headers":\(headers),"schemas":{\(schemas.joined(separator: ","))}}}
      """
  }

  private static func info(version: String) -> String {
    let description = """
      Takes M-Pesa payments. A trailing slash is optional at every address. Answers are JSON unless another type is named; every error \
      has the one shape of the schema Error. Times are RFC 3339, UTC; amounts are shillings as text. Whatever needs a token takes it \
      as `Authorization: JWT <token>` or `Authorization: Bearer <token>`. Every GET may be a HEAD.
      """
    return
      #"{"title":"mpesad","version":\#(DocumentedOperation.text(version)),"description":\#(DocumentedOperation.text(description))}"#
  }

  private static let securitySchemes = #"""
    {"token":{"type":"http","scheme":"bearer","bearerFormat":"JWT",
    "description":"A JWT with user_id and exp. Both `Bearer` and `JWT` are taken as the scheme."}}
    """#

  private static let headers = #"""
    {"Retry-After":{"description":"Seconds after which it is worth trying again; absent where a person must act first.",
    "schema":{"type":"string","pattern":"^[1-9][0-9]*$"}},
    "WWW-Authenticate":{"required":true,"description":"The scheme of the token.","schema":{"type":"string"}}}
    """#
}
