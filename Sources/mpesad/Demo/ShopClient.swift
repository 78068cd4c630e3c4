import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// A shop, as seen by the daemon: it makes orders, asks for prompts, and looks at what became of them, all over HTTP.
struct ShopClient: Sendable {
  /// Longer than the daemon waits for Safaricom, whose answer it passes on.
  static let timeout = TimeAmount.seconds(60)
  /// Answers have a few hundred bytes.
  static let answerLimit = 64 * 1024

  let http: HTTPClient
  let baseURL: String
  let token: String

  /// Makes an order and gives its number.
  func createOrder(amount: String, description: String, reference: String) async throws -> Int64 {
    struct Wanted: Encodable { var amount, description, reference: String }
    let wanted = Wanted(amount: amount, description: description, reference: reference)
    return try await call(.POST, "/api/orders/", body: wanted, as: OrderView.self).value.orderId
  }

  /// What the API says of an order.
  func order(_ id: Int64) async throws -> OrderView {
    try await call(.GET, "/api/orders/\(id)/", as: OrderView.self).value
  }

  /// Asks for a prompt.
  func prompt(order: Int64, phone: String) async throws -> (answer: PromptAnswer, transaction: Int64) {
    struct Wanted: Encodable {
      var orderId: Int64
      var phoneNumber: String
    }
    struct Prompted: Decodable { var transactionId: Int64 }
    let (value, status) = try await call(
      .POST, "/api/payments/transactions/initiate_mpesa_payment/",
      body: Wanted(orderId: order, phoneNumber: phone), as: Prompted.self)
    return (status == .accepted ? .uncertain : .sent, value.transactionId)
  }

  /// What the API says of a payment; a question that is due is asked first.
  func status(_ transaction: Int64) async throws -> PaymentView {
    struct Answer: Decodable { var transaction: PaymentView }
    let path = "/api/payments/transactions/\(transaction)/check_mpesa_status/"
    return try await call(.GET, path, as: Answer.self).value.transaction
  }

  private func call<Answer: Decodable>(
    _ method: HTTPMethod, _ path: String, body: (any Encodable)? = nil, as type: Answer.Type
  ) async throws -> (value: Answer, status: HTTPResponseStatus) {
    var request = HTTPClientRequest(url: baseURL + path)
    request.method = method
    request.headers = ["Authorization": "JWT \(token)", "Accept": "application/json"]
    if let body {
      let encoder = JSONEncoder()
      encoder.keyEncodingStrategy = .convertToSnakeCase
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(ByteBuffer(bytes: try encoder.encode(body)))
    }
    let response = try await http.execute(request, timeout: Self.timeout)
    let bytes = Data(try await response.body.collect(upTo: Self.answerLimit).readableBytesView)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    guard (200...299).contains(response.status.code), let value = try? decoder.decode(Answer.self, from: bytes) else {
      throw ShopError(
        what: "\(method) \(path)", status: Int(response.status.code), body: String(decoding: bytes, as: UTF8.self))
    }
    return (value, response.status)
  }
}

/// An order, as the API tells of it.
struct OrderView: Decodable, Sendable {
  var orderId: Int64
  var status: String
}

/// A payment, as the API tells of it.
struct PaymentView: Decodable, Sendable, Equatable {
  var status: String
  var receipt: String?
  var reason: String?
  var flags: [String]

  enum CodingKeys: String, CodingKey {
    case status = "paymentStatus"
    case receipt = "mpesaReceiptNumber"
    case reason, flags
  }
}

/// The daemon refused what a shop asked for, or answered something else than was promised.
struct ShopError: Error, CustomStringConvertible {
  var what: String
  var status: Int
  var body: String

  var description: String { "\(what) was answered \(status): \(body.prefix(500))" }
}
