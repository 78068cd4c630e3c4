import Crypto
import Daraja
import Foundation
import Logging
import NIOCore
import Payments
import Reconciliation
import ServiceLifecycle
import Synchronization

@testable import Store

/// A state directory with a real SQLite engine, virtual time, and what the services of the house need besides.
final class House: Sendable {
  static let phone = "254712345678"

  let clock = VirtualClock()
  let directory: String
  let tokens = CallbackTokens(key: CallbackTokens.newKey())
  let audit: Audit
  private let opened: Mutex<WatchedStore<SQLiteStore>>

  /// Runs a test in a house of its own, and tears it down afterwards.
  static func with(log: LogRecorder? = nil, _ body: (House) async throws -> Void) async throws {
    let house = try House(log: log)
    do {
      try await body(house)
    } catch {
      await house.tearDown()
      throw error
    }
    await house.tearDown()
  }

  private init(log: LogRecorder?) throws {
    directory = try Self.makeDirectory()
    audit = Audit(logger: Self.logger(log))
    opened = Mutex(WatchedStore(try Self.open(directory)))
  }

  /// The store as it is open now.
  var store: WatchedStore<SQLiteStore> { opened.withLock { $0 } }

  private func tearDown() async {
    await store.close()
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// Closes the store and opens it again, as a new start of the program would.
  func restart() async throws {
    await store.close()
    let fresh = WatchedStore(try Self.open(directory))
    opened.withLock { $0 = fresh }
  }

  // MARK: Parts

  func workers(_ count: Int = 4, since: Microseconds = VirtualClock.start) -> InboxWorkers {
    InboxWorkers(store: store, workers: count, since: Uptime(microseconds: since), timing: clock.timing, audit: audit)
  }

  func prompter(_ daraja: any DarajaAPI, schedule: QuerySchedule = .plain, rules: AdmissionRules = AdmissionRules())
    -> Prompter
  {
    Prompter(
      store: store, daraja: daraja, tokens: tokens, callbackBase: "https://pay.example/callback", rules: rules,
      schedule: schedule, timing: clock.timing, audit: audit)
  }

  func questioner(
    _ daraja: any DarajaAPI, schedule: QuerySchedule = .plain, budget: QueryBudget = .ample
  ) -> Questioner {
    Questioner(
      store: store, daraja: daraja, schedule: schedule, budget: budget, timing: clock.timing, audit: audit)
  }

  func sweeper(_ questioner: Questioner) -> StaleSweeper {
    StaleSweeper(questioner: questioner, timing: clock.timing)
  }

  // MARK: What tests begin with

  func order(cents: Int64 = 150_000, reference: String = "A-17") async throws -> OrderID {
    try await store.createOrder(
      NewOrder(amount: Amount(cents: cents), description: "", reference: reference, createdBy: "7"), at: clock.now
    ).id
  }

  /// A transaction whose push was committed but not answered, due for its first question 30 s from now.
  func requested(phone: String = House.phone) async throws -> TransactionID {
    let opening = try await store.openPush(
      order: try await order(), phone: try MSISDN(phone), createdBy: "7", rules: AdmissionRules(promptLifetime: 0),
      firstQueryAt: clock.now + .seconds(30), at: clock.now)
    guard case .opened(let transaction, _) = opening else { throw Unexpected(what: "\(opening)") }
    return transaction.id
  }

  /// A transaction whose push was accepted.
  func accepted(_ checkoutRequestID: String = "ws_CO_1") async throws -> TransactionID {
    let id = try await requested()
    _ = try await store.settle(
      id, with: .pushAnswer(.accepted(merchantRequestID: nil, checkoutRequestID: checkoutRequestID)),
      nextQueryAt: nil, at: clock.now)
    return id
  }

  /// A callback that was acknowledged.
  /// - Parameter token: the transaction whose own address it came to; nil for the bare one. One that is not here has a nonce that nobody knows.
  @discardableResult
  func deliver(_ body: String, token: TransactionID? = nil) async throws -> DeliveryID {
    var proven: ProvenToken?
    if let token { proven = try await store.inner.transaction(token)?.token ?? ProvenToken(token, nonce: Nonce(7)) }
    return try await deliver(body, proving: proven)
  }

  /// A callback that was acknowledged, at the address that proves this.
  @discardableResult
  func deliver(_ body: String, proving token: ProvenToken?) async throws -> DeliveryID {
    let acceptance = try await store.append(
      NewDelivery(body: ByteBuffer(string: body), receivedAt: clock.wall, source: "196.201.214.200", token: token))
    guard case .stored(let id) = acceptance else { throw Unexpected(what: "\(acceptance)") }
    return id
  }

  func transaction(_ id: TransactionID) async throws -> Transaction {
    guard let transaction = try await store.inner.transaction(id) else {
      throw Unexpected(what: "no transaction \(id)")
    }
    return transaction
  }

  func delivery(_ id: DeliveryID) async throws -> Delivery {
    guard let delivery = try await store.inner.delivery(id) else { throw Unexpected(what: "no delivery \(id)") }
    return delivery
  }

  /// How many deliveries are in a state.
  func count(_ state: DeliveryState) async throws -> Int {
    try await store.inner.deliveries(in: state, limit: .max).count
  }

  /// True when no delivery waits for a worker.
  func nothingReceived() async throws -> Bool { try await !store.inner.hasUnsettledDeliveries() }

  /// True when no delivery waits for a worker, now or later than it should.
  func isSettled() async throws -> Bool {
    guard try await nothingReceived() else { return false }
    return try await store.inner.nextParkedDue().map { $0 > clock.now } ?? true
  }

  /// Runs services as the program does, and stops them gracefully when the body is done.
  func running(_ services: any Service..., body: () async throws -> Void) async throws {
    var configuration = ServiceGroupConfiguration(services: services, logger: Self.logger(nil))
    configuration.gracefulShutdownSignals = []
    let group = ServiceGroup(configuration: configuration)
    let run = Task { try await group.run() }
    do {
      try await body()
    } catch {
      await group.triggerGracefulShutdown()
      try await run.value
      throw error
    }
    await group.triggerGracefulShutdown()
    try await run.value
  }

  struct Unexpected: Error { var what: String }

  private static func logger(_ log: LogRecorder?) -> Logger {
    guard let log else { return Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
    return Logger(label: "test") { _ in log }
  }

  static func open(_ directory: String) throws -> SQLiteStore {
    try SQLiteStore(
      directory: directory, options: SQLiteOptions(spoolBytes: 0, checkpointInterval: 0.005), logger: logger(nil))
  }

  /// A directory in memory where there is one: these tests are about what is committed, not about the disk.
  static func makeDirectory() throws -> String {
    let memory = "/dev/shm"
    let base = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
    let path = base + "/reconciliation-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    return path
  }
}

extension QuerySchedule {
  /// The standard offsets, not spread.
  static let plain = QuerySchedule(
    seconds: QuerySchedule.standard.offsets.map { Double($0) / 1_000_000 }, jitter: 0)
}

extension QueryBudget {
  /// No limit that a test would notice.
  static let ample = QueryBudget(interval: 1, burst: 1_000)
}

extension House {
  /// An order with this number and no reference of its own.
  func makeOrder(numbered number: Int64) async throws {
    let createdAt = clock.now
    try await store.inner.write { db in
      try db.execute(
        sql: """
          INSERT INTO orders(id, amount, description, reference, created_by, created_at) VALUES (?, 150000, '', '', '7', ?)
          """, arguments: [number, createdAt])
    }
  }
}
