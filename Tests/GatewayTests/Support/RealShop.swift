import AsyncHTTPClient
import Crypto
import Daraja
import Foundation
import Gateway
import Logging
import NIOCore
import NIOPosix
import Payments
import Reconciliation
import ServiceLifecycle
import Store
import Synchronization

/// A gateway over a real SQLite store, with real prompter and questioner, a Daraja that counts, and a clock that tests move.
struct RealShop: Sendable {
  let clock: ShopClock
  let daraja: CountingDaraja
  let store: SQLiteStore
  let questioner: Questioner
  let sweeper: StaleSweeper
  let port: Int

  /// Runs one for as long as `body` takes.
  /// - Parameter directory: the state directory, to start again where another shop ended.
  static func run(
    in directory: String, clock: ShopClock = ShopClock(), daraja: CountingDaraja = CountingDaraja(),
    budget: QueryBudget = QueryBudget(interval: 1, burst: 1_000),
    limits: RequestLimits = RequestLimits(user: nil, phone: nil, address: nil),
    _ body: (RealShop) async throws -> Void
  ) async throws {
    let quiet = Logger(label: "shop") { _ in SwiftLogNoOpLogHandler() }
    let audit = Audit(logger: quiet)
    let timing = Timing(
      now: { clock.now }, uptime: { clock.uptime }, reading: { clock.reading }, chance: { 0 })
    let store = try SQLiteStore(directory: directory, options: SQLiteOptions(spoolBytes: 0), logger: quiet)
    _ = try await markUnansweredPushes(in: store, at: clock.now, audit: audit)
    let tokens = CallbackTokens(key: SymmetricKey(data: Array(repeating: UInt8(7), count: 32)))
    let prompter = Prompter(
      store: store, daraja: daraja, tokens: tokens, callbackBase: "https://pay.example.co.ke/c",
      rules: AdmissionRules(),
      schedule: .standard, timing: timing, audit: audit)
    let questioner = Questioner(
      store: store, daraja: daraja, schedule: .standard, budget: budget,
      timing: timing, audit: audit)
    let gateway = Gateway(
      configuration: GatewayConfiguration(port: 0, deadlines: .quickDrain), store: store, prompting: prompter,
      asking: questioner, tokens: tokens, gate: .open, authenticator: try await TestGateway.authenticator(),
      idempotency: store,
      requestLimits: limits, timing: timing, logger: quiet, group: MultiThreadedEventLoopGroup.singleton)
    let services = ServiceGroup(configuration: ServiceGroupConfiguration(services: [gateway], logger: quiet))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await services.run() }
      let shop = RealShop(
        clock: clock, daraja: daraja, store: store, questioner: questioner,
        sweeper: StaleSweeper(questioner: questioner, timing: timing),
        port: try await gateway.port())
      do {
        try await body(shop)
      } catch {
        await services.triggerGracefulShutdown()
        throw error
      }
      await services.triggerGracefulShutdown()
      try await group.waitForAll()
    }
    await store.close()
  }

  /// One request of a user's.
  func send(
    _ method: String, _ path: String, token: String, key: String? = nil, body: String? = nil
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
    request.method = .RAW(value: method)
    request.headers.add(name: "authorization", value: "JWT \(token)")
    if let key { request.headers.add(name: "idempotency-key", value: key) }
    if let body {
      request.headers.add(name: "content-type", value: "application/json")
      request.body = .bytes(ByteBuffer(string: body))
    }
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    let bytes = try await response.body.collect(upTo: 1 << 20)
    return Answer(
      status: Int(response.status.code),
      headers: Dictionary(response.headers.map { ($0.name.lowercased(), $0.value) }) { $0 + ", " + $1 },
      body: String(buffer: bytes))
  }

  func order(of user: String = "7") async throws -> OrderID {
    try await store.createOrder(
      NewOrder(amount: Amount(cents: 100_000), description: "", reference: "INV-1", createdBy: user), at: clock.now
    ).id
  }

  func initiate(
    _ order: OrderID, phone: String = "254708374149", token: String, key: String? = nil
  ) async throws -> Answer {
    try await send(
      "POST", "/api/payments/transactions/initiate_mpesa_payment/", token: token, key: key,
      body: #"{"order_id":\#(order),"phone_number":"\#(phone)"}"#)
  }
}

/// Time that passes only when a test says so, and a wall clock that can be set.
final class ShopClock: Sendable {
  private struct State {
    var time = TestGateway.now
    var error: Microseconds = 0
    var clock = WallClock(wall: TestGateway.now, uptime: Uptime(microseconds: TestGateway.now))
  }

  private let state = Mutex(State())

  /// What the wall clock says.
  var now: Microseconds { state.withLock { $0.time + $0.error } }

  var uptime: Uptime { Uptime(microseconds: state.withLock { $0.time }) }

  var reading: ClockReading {
    state.withLock { state in
      _ = state.clock.look(wall: state.time + state.error, uptime: Uptime(microseconds: state.time))
      return state.clock.reading
    }
  }

  func advance(seconds: Int64) { state.withLock { $0.time += seconds * 1_000_000 } }

  /// Sets the wall clock forward, or back.
  func set(forwardBy seconds: Double) { state.withLock { $0.error += Microseconds(seconds * 1_000_000) } }
}

/// A Daraja that takes every push and counts; it answers otherwise when told to.
final class CountingDaraja: DarajaAPI {
  private struct State {
    var pushes = 0
    var queries: [String] = []
    var push: (@Sendable (Int) async -> PushOutcome)?
    var query: QueryOutcome = .pending(description: nil)
  }

  private let state = Mutex(State())

  var pushes: Int { state.withLock { $0.pushes } }
  var queries: [String] { state.withLock { $0.queries } }

  func answerPushes(_ push: @escaping @Sendable (Int) async -> PushOutcome) { state.withLock { $0.push = push } }
  func answerQueries(_ outcome: QueryOutcome) { state.withLock { $0.query = outcome } }

  func push(_ request: STKPushRequest) async -> PushOutcome {
    let (number, answer) = state.withLock { state in
      state.pushes += 1
      return (state.pushes, state.push)
    }
    return await answer?(number) ?? Self.accepted(number)
  }

  func query(checkoutRequestID: String) async -> QueryOutcome {
    state.withLock { state in
      state.queries.append(checkoutRequestID)
      return state.query
    }
  }

  static func accepted(_ number: Int) -> PushOutcome {
    .accepted(merchantRequestID: "m-\(number)", checkoutRequestID: "ws_CO_\(number)", customerMessage: nil)
  }
}
