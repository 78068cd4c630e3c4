import Daraja
import Payments

@testable import Gateway

extension TestGateway {
  /// The order that the checkout's tests pay.
  static let shopOrder = OrderID(123)

  var checkoutToken: String { checkout.tokens.token(for: ProvenOrder(Self.shopOrder, nonce: nil)) }
  var checkoutPath: String { "/checkout/\(checkoutToken)" }

  /// A page as a browser that wants a language gets it.
  func page(_ path: String? = nil, language: String = "en", method: String = "GET") async throws -> Answer {
    try await send(method, path ?? checkoutPath, headers: [("accept-language", language)])
  }

  /// What a browser sends with a form; a redirect is not followed.
  func submit(
    _ body: String, to path: String? = nil, type: String = "application/x-www-form-urlencoded"
  ) async throws -> Answer {
    var connection = try await RawConnection.open(port: port)
    let header = "POST \(path ?? checkoutPath) HTTP/1.1\r\nhost: localhost\r\naccept-language: en\r\n"
    try await connection.send(
      header + "content-type: \(type)\r\ncontent-length: \(body.utf8.count)\r\n\r\n" + body)
    let answer = try await connection.answer()
    await connection.close()
    return answer
  }
}

extension CheckoutSettings {
  /// A merchant with everything.
  static let full = CheckoutSettings(
    merchantName: "Duka la Asha", base: "https://pay.example.co.ke",
    receiver: Receiver(number: "174379", isTill: false))
}
