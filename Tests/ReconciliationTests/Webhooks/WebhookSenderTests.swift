import Daraja
import Hummingbird
import NIOCore
import NIOPosix
import Payments
import Testing

@testable import Reconciliation
@testable import Store

/// One attempt over a real connection, to receivers of every kind.
@Suite("Carrying a webhook", .timeLimit(.minutes(1)))
struct WebhookSenderTests {
  private static let now: Microseconds = 1_795_478_400_000_000
  private static let entry = OutboxEntry(
    id: OutboxID(41), transaction: TransactionID(12), notification: .completed, createdAt: now,
    payload: Array(#"{"type":"payment.completed"}"#.utf8), state: .waiting, attempts: 0)

  private static func send(
    _ target: WebhookTarget, timeout: Duration = .seconds(30),
    lookUp: @escaping @Sendable (String, Int) async throws -> [SocketAddress] = {
      try await NameLookup.addresses(of: $0, port: $1)
    }
  ) async -> WebhookAnswer {
    let sender = WebhookSender(userAgent: "mpesad/test", timeout: timeout, lookUp: lookUp)
    let answer = await sender.send(entry, to: target, at: now)
    await sender.shutdown()
    return answer
  }

  @Test("Headers, signature and body are those of Standard Webhooks")
  func carried() async throws {
    try await Receiver.with({ _, _ in Response(status: .ok, body: .init(byteBuffer: ByteBuffer(string: "thanks"))) }) {
      receiver in
      let answer = try await Self.send(receiver.target())
      #expect(answer == .answered(status: 200, retryAfter: nil, excerpt: "thanks"))
      let told = try #require(receiver.told.first)
      #expect(told.id == "evt_41_1795478400000000")
      #expect(told.timestamp == "1795478400")
      #expect(told.userAgent == "mpesad/test")
      #expect(told.contentType == "application/json")
      #expect(told.body == Self.entry.payload)
      #expect(try told.verdict(receiver.secret, at: Self.now) == .valid)
      #expect(try told.verdict(WebhookSecrets.newSecret(), at: Self.now) == .signatureWrong)
    }
  }

  @Test("A status is told as it is; a redirect is not followed", arguments: [204, 302, 410, 500])
  func statuses(status: Int) async throws {
    try await Receiver.with({ _, _ in
      Response(status: .init(code: status), headers: [.location: "/hook", .retryAfter: "7"])
    }) { receiver in
      let answer = try await Self.send(receiver.target())
      #expect(answer == .answered(status: status, retryAfter: .seconds(7), excerpt: ""))
      #expect(receiver.told.count == 1)
    }
  }

  @Test("A receiver that never answers costs the timeout, not more")
  func hangs() async throws {
    try await Receiver.with({ _, _ in
      try await Task.sleep(for: .seconds(600))
      return Response(status: .ok)
    }) { receiver in
      let answer = try await Self.send(receiver.target(), timeout: .milliseconds(200))
      #expect(answer == .failed("no answer within 0 s."))
    }
  }

  @Test("A status counts even if the body never ends")
  func drips() async throws {
    try await Receiver.with({ _, _ in
      Response(
        status: .ok,
        body: .init { writer in
          try await writer.write(ByteBuffer(string: "drip"))
          try await Task.sleep(for: .seconds(600))
          try await writer.finish(nil)
        })
    }) { receiver in
      let answer = try await Self.send(receiver.target(), timeout: .seconds(2))
      #expect(answer == .answered(status: 200, retryAfter: nil, excerpt: "drip"))
    }
  }

  @Test("Of a flood only the beginning is read and kept")
  func floods() async throws {
    try await Receiver.with({ _, _ in
      Response(
        status: .badGateway,
        body: .init { writer in
          let part = ByteBuffer(repeating: UInt8(ascii: "x"), count: 16 << 10)
          // Without an end: only that the sender hangs up ends it.
          while true { try await writer.write(part) }
        })
    }) { receiver in
      let excerpt = String(repeating: "x", count: OutboxAttempt.keptAnswerBytes)
      let answer = try await Self.send(receiver.target())
      #expect(answer == .answered(status: 502, retryAfter: nil, excerpt: excerpt))
    }
  }

  @Test("A receiver that hangs up is no answer")
  func closes() async throws {
    let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in channel.close() }.bind(host: "127.0.0.1", port: 0).get()
    let target = try WebhookTarget(
      url: "http://127.0.0.1:\(server.localAddress?.port ?? 0)", secret: WebhookSecrets.newSecret(),
      allowsPrivateAddresses: true, requiresTLS: false)
    guard case .failed = await Self.send(target) else { return #expect(Bool(false), "an answer from nobody") }
    try await server.close()
    guard case .failed = await Self.send(target) else { return #expect(Bool(false), "an answer from a closed port") }
  }

  @Test(
    "A host that is not of the public internet is refused before anything is sent, however it is written",
    arguments: ["127.0.0.1", "localhost", "2130706433", "0x7f.0.0.1", "127.1", "[::1]", "[::ffff:127.0.0.1]"])
  func guarded(host: String) async throws {
    try await Receiver.with({ _, _ in Response(status: .ok) }) { receiver in
      let port = receiver.url.split(separator: ":").last ?? ""
      let target = try WebhookTarget(
        url: "http://\(host):\(port)/hook", secret: receiver.secret, allowsPrivateAddresses: false, requiresTLS: false)
      guard case .failed(let detail) = await Self.send(target) else { return #expect(Bool(false), "sent to \(host)") }
      #expect(detail.contains("mpesa_webhook_private_addresses"), "\(detail)")
      #expect(receiver.told.isEmpty)
    }
  }

  @Test("A name with one address outside and one inside is refused")
  func mixture() async throws {
    try await Receiver.with({ _, _ in Response(status: .ok) }) { receiver in
      let port = try #require(Int(receiver.url.split(separator: ":").last ?? ""))
      let target = try WebhookTarget(
        url: "http://shop.example:\(port)/hook", secret: receiver.secret, allowsPrivateAddresses: false,
        requiresTLS: false)
      let answer = await Self.send(target) { _, port in
        [try SocketAddress(ipAddress: "8.8.8.8", port: port), try SocketAddress(ipAddress: "127.0.0.1", port: port)]
      }
      guard case .failed = answer else { return #expect(Bool(false), "sent") }
      #expect(receiver.told.isEmpty)
    }
  }

  @Test("The connection goes to the address that was checked, and not to what the name means at that moment")
  func pinned() async throws {
    try await Receiver.with({ _, _ in Response(status: .ok) }) { receiver in
      let port = try #require(Int(receiver.url.split(separator: ":").last ?? ""))
      // The name does not exist: if it were looked up once more, nothing would arrive.
      let target = try WebhookTarget(
        url: "http://shop.invalid:\(port)/hook", secret: receiver.secret, allowsPrivateAddresses: true,
        requiresTLS: false)
      let answer = await Self.send(target) { _, port in [try SocketAddress(ipAddress: "127.0.0.1", port: port)] }
      #expect(answer == .answered(status: 200, retryAfter: nil, excerpt: ""))
    }
  }

  @Test("Where one address of a name does not answer, the next is tried")
  func nextAddress() async throws {
    try await Receiver.with({ _, _ in Response(status: .ok) }) { receiver in
      let port = try #require(Int(receiver.url.split(separator: ":").last ?? ""))
      let target = try WebhookTarget(
        url: "http://shop.invalid:\(port)/hook", secret: receiver.secret, allowsPrivateAddresses: true,
        requiresTLS: false)
      let answer = await Self.send(target) { _, port in
        [try SocketAddress(ipAddress: "127.0.0.2", port: port), try SocketAddress(ipAddress: "127.0.0.1", port: port)]
      }
      #expect(answer == .answered(status: 200, retryAfter: nil, excerpt: ""))
    }
  }
}
