import AsyncHTTPClient
import Foundation
import NIOCore
import Payments

@testable import DarajaSimulator

/// Somebody on the Internet who knows all that a shopper or an insider of the shop can know of a payment, except its own callback address:
/// the CheckoutRequestID, the amount, the phone, and how Safaricom writes.
struct Stranger {
  /// What the stranger knows.
  struct Knowledge: Sendable {
    var transaction: Int64
    var checkoutRequestID: String
    var shillings: Int
    var phone: String
  }

  /// One attempt.
  struct Forgery: Sendable {
    var path: String
    var headers: [(String, String)] = []
    var body: String
  }

  static let bareAddresses = ["/api/payments/transactions/mpesa_callback/", "/api/payments/callbacks/"]

  let knowledge: Knowledge

  /// The success that Safaricom would report, with an invented receipt.
  func success(receipt: String = "SFF7RT61SV", code: String = "0", amount: String? = nil, id: String? = nil) -> String {
    """
    {"Body":{"stkCallback":{"MerchantRequestID":"29115-34620561-1","CheckoutRequestID":"\(id ?? knowledge.checkoutRequestID)",\
    "ResultCode":\(code),"ResultDesc":"The service request is processed successfully.","CallbackMetadata":{"Item":[\
    {"Name":"Amount","Value":\(amount ?? "\(knowledge.shillings).00")},{"Name":"MpesaReceiptNumber","Value":"\(receipt)"},\
    {"Name":"TransactionDate","Value":20261125102115},{"Name":"PhoneNumber","Value":\(knowledge.phone)}]}}}}
    """
  }

  /// The attempts that a person would think of.
  func plain() -> [Forgery] {
    let pretences = [
      ("X-Forwarded-For", "196.201.214.200"), ("X-Real-IP", "196.201.214.200"), ("Forwarded", "for=196.201.214.200"),
      ("User-Agent", "ReactorNetty/1.2.9"), ("Businessshortcode", "174379"),
    ]
    let body = success()
    return Self.bareAddresses.flatMap { address in
      [
        Forgery(path: address, body: body), Forgery(path: address, headers: pretences, body: body),
        Forgery(path: address + "\(knowledge.transaction)/", body: body),
        Forgery(path: address + "\(knowledge.transaction).\(String(repeating: "0", count: 32))/", body: body),
        Forgery(path: address + "\(knowledge.checkoutRequestID)/", body: body),
        Forgery(path: address + "?token=\(knowledge.transaction)", body: body),
        Forgery(path: address, body: success(code: "\"0\"")), Forgery(path: address, body: success(code: "0.0")),
        Forgery(path: address, body: success(code: "1032,\"ResultCode\":0")),
        Forgery(path: address, body: success(receipt: "NEW\nLINE01")),
        Forgery(path: address, body: "\u{FEFF}" + body), Forgery(path: address, body: "[\(body)]"),
        Forgery(path: address, body: body + body),
      ]
    }
  }

  /// The payment's own address with one character of its tag changed, in each place.
  func mutated(_ token: String) -> [Forgery] {
    let tagStart = token.firstIndex(of: ".").map { token.index(after: $0) } ?? token.startIndex
    return token[tagStart...].indices.map { place in
      var changed = token
      changed.replaceSubrange(place...place, with: token[place] == "0" ? "1" : "0")
      return Forgery(path: "/api/payments/callbacks/\(changed)/", body: success())
    }
  }

  /// An attempt put together by chance.
  func random(_ chance: inout SeededGenerator) -> Forgery {
    let digits = Array("0123456789abcdef")
    let tag = chance.text(of: Int.random(in: 31...33, using: &chance), from: digits)
    let address = Self.bareAddresses.randomElement(using: &chance) ?? "/"
    let tail = ["", "\(knowledge.transaction).\(tag)/", "\(tag)/", "\(knowledge.transaction)./"].randomElement(
      using: &chance)
    let receipt = chance.text(of: 10, from: Array("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"))
    let code = ["0", "\"0\"", "00", "-0", "0e0", "\"0 \"", "1032", "\"E3008\""].randomElement(using: &chance)
    let amounts = [
      "\(knowledge.shillings)", "\(knowledge.shillings).00", "\"\(knowledge.shillings)\"", "1", "-1", "1e3",
    ]
    var body = success(
      receipt: receipt, code: code ?? "0", amount: amounts.randomElement(using: &chance),
      id: Bool.random(using: &chance) ? nil : knowledge.checkoutRequestID + "0")
    if Int.random(in: 0..<4, using: &chance) == 0, let place = body.indices.randomElement(using: &chance) {
      body.remove(at: place)
    }
    return Forgery(path: address + (tail ?? ""), body: body)
  }

  /// Posts the attempts, some at a time.
  /// - Returns: how often each status was answered.
  func post(_ forgeries: [Forgery], to baseURL: String, over http: HTTPClient) async throws -> [UInt: Int] {
    let statuses = try await withThrowingTaskGroup(of: [UInt].self) { group in
      for lane in 0..<8 {
        group.addTask {
          var statuses: [UInt] = []
          for forgery in forgeries.enumerated() where forgery.offset % 8 == lane {
            var request = HTTPClientRequest(url: baseURL + forgery.element.path)
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/json;charset=UTF-8")
            for (name, value) in forgery.element.headers { request.headers.add(name: name, value: value) }
            request.body = .bytes(ByteBuffer(string: forgery.element.body))
            let response = try await http.execute(request, timeout: .seconds(30))
            _ = try await response.body.collect(upTo: 64 * 1024)
            statuses.append(response.status.code)
          }
          return statuses
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    return Dictionary(grouping: statuses) { $0 }.mapValues(\.count)
  }
}
