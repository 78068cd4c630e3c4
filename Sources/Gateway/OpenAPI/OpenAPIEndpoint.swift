import HTTPTypes
import Hummingbird
import NIOCore

/// `GET /openapi.json`: the API's description.
struct OpenAPIEndpoint: Sendable {
  let document: OpenAPIDocument

  func handle(_ request: Request, _ context: APIContext) async throws -> Response {
    var headers = SecurityHeaders.fields
    headers[.eTag] = document.etag
    // It may be kept, but must be asked for again.
    headers[.cacheControl] = "no-cache"
    if matches(request.headers[.ifNoneMatch]) { return Response(status: .notModified, headers: headers) }
    headers[.contentType] = "application/json"
    return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: document.bytes)))
  }

  /// Whether a list of entity tags names this document; weak comparison (RFC 9110, 13.1.2).
  private func matches(_ field: String?) -> Bool {
    guard let field else { return false }
    return field.split(separator: ",").contains { tag in
      var tag = tag.filter { $0 != " " && $0 != "\t" }[...]
      if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
      return tag == document.etag || tag == "*"
    }
  }
}
