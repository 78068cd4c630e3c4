import Daraja
import HTTPTypes
import Hummingbird
import Store

/// An answer as a value, so that it can be kept and given again.
struct APIAnswer: Sendable {
  var status: Int
  var body: [UInt8]
  /// Header fields besides those that all answers have.
  var headers: HTTPFields

  init(_ status: HTTPResponse.Status, _ json: JSONValue, headers: HTTPFields = [:]) {
    self.status = status.code
    self.body = json.bytes
    self.headers = headers
  }

  init(_ error: APIError) {
    self.init(HTTPResponse.Status(code: error.code.status), error.json, headers: error.headers)
  }

  init(_ kept: KeptAnswer) {
    status = kept.status
    body = kept.body
    headers = kept.location.map { [.location: $0] } ?? [:]
  }

  /// What is kept of it.
  var kept: KeptAnswer { KeptAnswer(status: status, location: headers[.location], body: body) }

  /// Whether it says what became of the request. One that does not says that nothing was done and that a later try may
  /// fare better: too many requests, or something that does not work now.
  var isFinal: Bool { status < 500 && status != 429 }

  var response: Response { Response(HTTPResponse.Status(code: status), body, headers: headers) }
}
