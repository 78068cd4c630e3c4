import AsyncHTTPClient
import Crypto
import Daraja
import Gateway
import Logging
import NIOCore
import NIOPosix
import Payments
import Reconciliation
import ServiceLifecycle
import Store

/// A gateway on a free port of this machine, with everything around it faked.
struct TestGateway: Sendable {
  static let secret = Secret("0123456789abcdef0123456789abcdef")
  /// 2026-01-02 03:04:05 UTC.
  static let now: Microseconds = 1_767_323_045_000_000

  let store: FakeStore
  let prompting: FakePrompting
  let asking: FakeAsking
  let tokens: CallbackTokens
  let log: LogCollector
  let feed: TransactionFeed
  let gateway: Gateway
  let port: Int
  let services: ServiceGroup
  let tls: TLSIdentity?
  let gate: CallbackGate
  let checkout: CheckoutAddresses

  /// Runs a gateway for as long as `body` takes, then shuts it down as systemd would, and waits until it has returned.
  static func run(
    limits: GatewayLimits = GatewayLimits(), deadlines: GatewayDeadlines = .quickDrain, proxies: String = "",
    tls: Certificates? = nil, rules: CallbackRules = CallbackRules(policy: .off, sources: AddressList()),
    limiter: RateLimiter = RateLimiter(rate: 0),
    requestLimits: RequestLimits = RequestLimits(),
    checkout settings: CheckoutSettings = CheckoutSettings(base: "https://pay.example.co.ke"),
    now: @escaping @Sendable () -> Microseconds = { now },
    _ body: (TestGateway) async throws -> Void
  ) async throws {
    let store = FakeStore()
    let prompting = FakePrompting()
    let asking = FakeAsking()
    let log = LogCollector()
    let feed = TransactionFeed()
    let key = SymmetricKey(data: Array(repeating: UInt8(7), count: 32))
    let tokens = CallbackTokens(key: key)
    let checkout = CheckoutAddresses(key: key) { settings }
    let identity = try tls.map {
      try TLSIdentity(certificateFile: $0.certificate, keyFile: $0.key, logger: log.logger)
    }
    let gate = CallbackGate(rules, limiter: limiter, logger: log.logger)
    let gateway = Gateway(
      configuration: GatewayConfiguration(
        port: 0, tls: identity, trustedProxies: try AddressList(parsing: proxies), limits: limits, deadlines: deadlines),
      store: store,
      prompting: prompting, asking: asking, tokens: tokens, gate: gate,
      authenticator: try await authenticator(), idempotency: FakeKeys(orders: store), requestLimits: requestLimits,
      checkout: checkout, observation: Observation(feed: feed, version: "1.2.3"), timing: Timing(now: now),
      logger: log.logger,
      group: MultiThreadedEventLoopGroup.singleton)
    let services = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [gateway], logger: Logger(label: "services") { _ in SwiftLogNoOpLogHandler() }))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await services.run() }
      let running = TestGateway(
        store: store, prompting: prompting, asking: asking, tokens: tokens, log: log, feed: feed,
        gateway: gateway, port: try await gateway.port(),
        services: services, tls: identity, gate: gate, checkout: checkout)
      try await body(running)
      store.release()
      await services.triggerGracefulShutdown()
      try await group.waitForAll()
    }
  }

  /// Takes up what its certificate files hold now.
  func renew(_ files: Certificates) throws {
    tls?.adopt(try TLSIdentity(certificateFile: files.certificate, keyFile: files.key, logger: log.logger))
  }

  private static let policy = TokenPolicy(staffClaim: "is_staff")

  static func authenticator(now: @escaping @Sendable () -> Microseconds = { now }) async throws -> Authenticator {
    Authenticator(keys: try await TokenKeys(secret: secret), policy: policy, now: now)
  }

  /// A token of a user, good for an hour.
  static func token(user: String = "7", staff: Bool = false) async throws -> String {
    try await TokenIssuer(secret: secret, policy: policy, now: { now }).token(
      user: user, lifetime: .seconds(3600), staff: staff)
  }

  /// One request over a connection that is kept alive.
  func send(
    _ method: String, _ path: String, token: String? = nil, headers: [(String, String)] = [], body: String? = nil,
    contentType: String? = "application/json"
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
    request.method = .RAW(value: method)
    if let token { request.headers.add(name: "authorization", value: "JWT \(token)") }
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    if let body {
      if let contentType { request.headers.add(name: "content-type", value: contentType) }
      request.body = .bytes(ByteBuffer(string: body))
    }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    let bytes = try await response.body.collect(upTo: 1 << 20)
    return Answer(
      status: Int(response.status.code),
      headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { $0 + ", " + $1 },
      body: String(buffer: bytes))
  }
}

extension GatewayDeadlines {
  /// The usual ones, with less of a wait at the end of each test.
  static var quickDrain: GatewayDeadlines {
    GatewayDeadlines(linger: .milliseconds(200), drainNotice: .milliseconds(10))
  }

  /// Deadlines that a test can wait for.
  static var short: GatewayDeadlines {
    GatewayDeadlines(
      header: .milliseconds(1_000), request: .milliseconds(2_000), idle: .milliseconds(3_000),
      idleWhenFull: .milliseconds(50), writeStall: .milliseconds(1_000), linger: .milliseconds(100),
      drainNotice: .milliseconds(10))
  }
}

extension CallbackGate {
  /// Takes whatever comes.
  static var open: CallbackGate {
    CallbackGate(CallbackRules(policy: .off, sources: AddressList()), logger: LogCollector().logger)
  }
}
