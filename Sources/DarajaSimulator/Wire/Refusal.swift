/// An error of the simulated API: HTTP status, code and text as the portal's error tables and captured answers have
/// them.
struct Refusal: Error, Sendable, Equatable {
  var status: Int
  var code: String
  var message: String

  func answer(requestID: String) -> WireAnswer {
    .json(
      .object([
        ("requestId", .string(requestID)), ("errorCode", .string(code)), ("errorMessage", .string(message)),
      ]), status: status)
  }

  static func invalid(_ field: String) -> Refusal {
    Refusal(status: 400, code: "400.002.02", message: "Bad Request - Invalid \(field)")
  }

  static let payload = Refusal(status: 400, code: "400.002.05", message: "Invalid Request Payload")
  static let tooLarge = Refusal(status: 413, code: "400.002.05", message: "Invalid Request Payload")
  static let credentials = Refusal(status: 400, code: "400.008.01", message: "Invalid Authentication passed")
  static let grantType = Refusal(status: 400, code: "400.008.02", message: "Invalid grant type passed")
  static let token = Refusal(status: 404, code: "404.001.03", message: "Invalid Access Token")
  static let authenticationHeader = Refusal(status: 404, code: "404.001.04", message: "Invalid Authentication Header")
  static let path = Refusal(status: 404, code: "404.001.01", message: "Resource not found")
  static let method = Refusal(status: 405, code: "405.001", message: "Method Not Allowed")
  static let merchant = Refusal(status: 500, code: "500.001.1001", message: "Merchant does not exist")
  static let password = Refusal(status: 500, code: "500.001.1001", message: "Wrong credentials")
  static let subscriberLocked = Refusal(
    status: 500, code: "500.001.1001",
    message: "Unable to lock subscriber, a transaction is already in process for the current subscriber")
  static let busy = Refusal(
    status: 500, code: "500.003.02", message: "System is busy. Please try again in few minutes.")
  static let processing = Refusal(
    status: 500, code: "500.001.1001", message: "The transaction is being processed")
  static let unknownTransaction = Refusal(
    status: 500, code: "500.001.1001", message: "The transaction does not Exist")
}
