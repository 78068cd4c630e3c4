import Foundation
import Hummingbird
import Logging
import NIOCore
import Testing

/// Safaricom on loopback as a process sees it: takes every push, remembers where its result is to go, and can keep its answers back.
actor HeldSafaricom {
  struct Push: Sendable {
    /// The path of the callback address, with the token.
    let path: String
    let phone: String
    let checkout: String
  }

  private struct Request: Decodable {
    var CallBackURL: String
    var PhoneNumber: String
  }

  private(set) var pushes: [Push] = []
  private var isHeld = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  /// Runs it while `body` works with it.
  static func run(_ body: @escaping @Sendable (HeldSafaricom, _ url: String) async throws -> Void) async throws {
    let safaricom = HeldSafaricom()
    let router = Router()
    router.get("/oauth/v1/generate") { _, _ in json(#"{"access_token":"a-token","expires_in":"3599"}"#) }
    router.post("/mpesa/stkpush/v1/processrequest") { request, _ in
      let body = try await request.body.collect(upTo: 1 << 16)
      let push = try await safaricom.take(JSONDecoder().decode(Request.self, from: Data(buffer: body)))
      return json(
        """
        {"MerchantRequestID":"29115-\(push.phone)","CheckoutRequestID":"\(push.checkout)","ResponseCode":"0",\
        "ResponseDescription":"Success","CustomerMessage":"Success"}
        """)
    }
    router.post("/mpesa/stkpushquery/v1/query") { _, _ in
      json(#"{"errorCode":"500.001.1001","errorMessage":"The transaction is being processed"}"#, .internalServerError)
    }
    let (ports, announce) = AsyncStream.makeStream(of: Int.self)
    var logger = Logger(label: "safaricom")
    logger.logLevel = .critical
    let application = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { channel in announce.yield(channel.localAddress?.port ?? 0) }, logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await application.run() }
      let port = try #require(await ports.first { _ in true })
      defer { group.cancelAll() }
      try await body(safaricom, "http://127.0.0.1:\(port)")
    }
  }

  private static func json(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(string: text)))
  }

  private func take(_ request: Request) async throws -> Push {
    let url = try #require(URLComponents(string: request.CallBackURL))
    let push = Push(path: url.path, phone: request.PhoneNumber, checkout: "ws_CO_HELD_\(pushes.count + 1)")
    pushes.append(push)
    if isHeld { await withCheckedContinuation { waiting.append($0) } }
    return push
  }

  /// From now on no push is answered.
  func hold() { isHeld = true }

  /// Answers those that wait, and every later one at once.
  func release() {
    isHeld = false
    for continuation in waiting { continuation.resume() }
    waiting = []
  }

  /// The pushes behind the first `count`, when there are `more` of them.
  func pushes(behind count: Int, are more: Int) async throws -> [Push] {
    let end = ContinuousClock.now + .seconds(60)
    while pushes.count < count + more {
      try #require(ContinuousClock.now < end, "\(pushes.count) pushes, where \(count + more) are expected")
      try await Task.sleep(for: .milliseconds(20))
    }
    return Array(pushes[count...])
  }
}
