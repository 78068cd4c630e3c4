import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Speaks the W3C's WebDriver protocol with a driver of this machine.
struct WebDriver: Sendable {
  /// Longer than any page or script of ours takes on a busy machine.
  static let patience = TimeAmount.seconds(60)
  /// The largest answer, in bytes: a screenshot of a long page.
  static let answerLimit = 64 << 20

  let port: Int

  /// What the driver refused, in its words.
  struct Refusal: Error, CustomStringConvertible {
    var command: String
    var name: String
    var message: String
    var description: String { "\(command): \(name): \(message)" }
  }

  /// Gives a command and returns the value of its answer.
  func call(_ method: HTTPMethod, _ path: String, _ body: DriverValue? = nil) async throws -> DriverValue {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
    request.method = method
    if let body = body ?? (method == .POST ? [:] : nil) {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
    }
    let response = try await HTTPClient.shared.execute(request, timeout: Self.patience)
    let bytes = Data(try await response.body.collect(upTo: Self.answerLimit).readableBytesView)
    let value = try JSONDecoder().decode([String: DriverValue].self, from: bytes)["value"] ?? .null
    guard response.status == .ok else {
      let command = path.split(separator: "/").dropFirst(2).joined(separator: "/")
      throw Refusal(
        command: "\(method) \(command)", name: value["error"]?.text ?? "\(response.status)",
        message: String((value["message"]?.text ?? "").prefix(600)))
    }
    return value
  }
}
