import Daraja
import Hummingbird
import Logging
import NIOCore
import Payments
import Synchronization
import Testing

@testable import Reconciliation

/// A merchant's system: a real server on loopback that keeps what it is told, and answers as the test says.
final class Receiver: Sendable {
  struct Told: Sendable {
    var id: String?
    var timestamp: String?
    var signature: String?
    var userAgent: String?
    var contentType: String?
    var body: [UInt8]

    /// The receiver's check, as a merchant would make it.
    func verdict(_ secret: Secret, at now: Microseconds) throws -> WebhookVerification.Outcome {
      WebhookVerification(secrets: try #require(WebhookSecrets(secret))).check(
        id: id, timestamp: timestamp, signature: signature, body: body, at: now)
    }
  }

  let url: String
  let secret = WebhookSecrets.newSecret()
  private let kept: Keep

  private final class Keep: Sendable { let told = Mutex<[Told]>([]) }

  /// What it was told so far.
  var told: [Told] { kept.told.withLock { $0 } }

  private init(url: String, kept: Keep) {
    self.url = url
    self.kept = kept
  }

  func target(allowsPrivateAddresses: Bool = true, path: String = "/hook") throws -> WebhookTarget {
    try WebhookTarget(
      url: url + path, secret: secret, allowsPrivateAddresses: allowsPrivateAddresses, requiresTLS: false)
  }

  /// Runs a test with a receiver.
  /// - Parameter answer: what it answers; given how many it was told before, and what it is told.
  static func with(
    _ answer: @escaping @Sendable (Int, Told) async throws -> Response,
    body: @Sendable (Receiver) async throws -> Void
  ) async throws {
    let kept = Keep()
    let router = Router()
    router.post("/hook") { request, _ in
      func header(_ name: String) -> String? { request.headers.first { $0.name.canonicalName == name }?.value }
      let told = Told(
        id: header("webhook-id"), timestamp: header("webhook-timestamp"), signature: header("webhook-signature"),
        userAgent: header("user-agent"), contentType: header("content-type"),
        body: Array(buffer: try await request.body.collect(upTo: 1 << 20)))
      let count = kept.told.withLock { all in
        all.append(told)
        return all.count - 1
      }
      return try await answer(count, told)
    }
    let (ports, announce) = AsyncStream.makeStream(of: Int.self)
    var logger = Logger(label: "receiver")
    logger.logLevel = .critical
    let application = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { channel in announce.yield(channel.localAddress?.port ?? 0) }, logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await application.run() }
      let port = try #require(await ports.first { _ in true })
      defer { group.cancelAll() }
      try await body(Receiver(url: "http://127.0.0.1:\(port)", kept: kept))
    }
  }
}
