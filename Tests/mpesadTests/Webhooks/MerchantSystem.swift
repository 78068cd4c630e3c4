import Daraja
import Foundation
import Hummingbird
import Logging
import NIOCore
import Payments
import Synchronization
import Testing

/// A merchant's system on loopback that keeps every webhook it is sent and checks its signature.
final class MerchantSystem: Sendable {
  struct Told: Hashable, Sendable {
    var id: String
    var isValid: Bool
    var body: [UInt8]
  }

  let secret = WebhookSecrets.newSecret()
  let url: String
  private let keep: Keep

  private final class Keep: Sendable {
    let told = Mutex<[Told]>([])
    let status = Mutex(200)
  }

  var told: [Told] { keep.told.withLock { $0 } }

  /// What it answers from now on.
  func answer(with status: Int) { keep.status.withLock { $0 = status } }

  /// What a daemon is started with to tell it.
  var environment: [String: String] {
    [
      "MPESA_WEBHOOK_URL": url, "MPESA_WEBHOOK_SECRET": secret.reveal(), "MPESA_WEBHOOK_PRIVATE_ADDRESSES": "allow",
    ]
  }

  private init(url: String, keep: Keep) {
    self.url = url
    self.keep = keep
  }

  static func with(_ body: @Sendable (MerchantSystem) async throws -> Void) async throws {
    let keep = Keep()
    let system = Mutex<MerchantSystem?>(nil)
    let router = Router()
    router.post("/hook") { request, _ in
      func header(_ name: String) -> String? { request.headers.first { $0.name.canonicalName == name }?.value }
      let body = Array(buffer: try await request.body.collect(upTo: 1 << 20))
      guard let secret = system.withLock({ $0?.secret }), let secrets = WebhookSecrets(secret) else {
        return Response(status: .serviceUnavailable)
      }
      let outcome = WebhookVerification(secrets: secrets).check(
        id: header("webhook-id"), timestamp: header("webhook-timestamp"), signature: header("webhook-signature"),
        body: body, at: Int64(Date().timeIntervalSince1970 * 1_000_000))
      keep.told.withLock { $0.append(Told(id: header("webhook-id") ?? "", isValid: outcome == .valid, body: body)) }
      // As long as a small shop's database takes.
      try await Task.sleep(for: .milliseconds(3))
      return Response(status: .init(code: keep.status.withLock { $0 }))
    }
    let (ports, announce) = AsyncStream.makeStream(of: Int.self)
    var logger = Logger(label: "merchant")
    logger.logLevel = .critical
    let application = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { channel in announce.yield(channel.localAddress?.port ?? 0) }, logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await application.run() }
      let port = try #require(await ports.first { _ in true })
      defer { group.cancelAll() }
      let made = MerchantSystem(url: "http://127.0.0.1:\(port)/hook", keep: keep)
      system.withLock { $0 = made }
      try await body(made)
    }
  }

  /// Returns when it was told so many different things, or fails after a minute.
  func isTold(_ count: Int) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while Set(told.map(\.id)).count < count {
      try #require(ContinuousClock.now < end, "told \(Set(told.map(\.id)).count) of \(count)")
      try await Task.sleep(for: .milliseconds(10))
    }
  }
}
