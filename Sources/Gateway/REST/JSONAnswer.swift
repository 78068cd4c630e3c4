import Daraja
import HTTPTypes
import Hummingbird

extension Response {
  /// An answer with a JSON body and the header fields that all answers of the API have.
  init(_ status: HTTPResponse.Status, _ json: JSONValue, headers: HTTPFields = [:]) {
    self.init(status, json.bytes, headers: headers)
  }

  /// The same of JSON that is written already.
  init(_ status: HTTPResponse.Status, _ json: [UInt8], headers: HTTPFields = [:]) {
    var fields = SecurityHeaders.fields
    fields[.contentType] = "application/json"
    for field in headers { fields[field.name] = field.value }
    self.init(status: status, headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(bytes: json)))
  }

  /// An error in the one shape that all errors have.
  init(_ error: APIError) {
    self.init(HTTPResponse.Status(code: error.code.status), error.json, headers: error.headers)
  }
}

extension JSONValue {
  /// A whole number.
  static func integer(_ number: Int64) -> JSONValue { .number(String(number)) }

  /// Text, or `null` where there is none.
  static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
