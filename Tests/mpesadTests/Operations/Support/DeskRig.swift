import Crypto
import Daraja
import Foundation
import Gateway
import Logging
import NIOCore
import Payments
import Reconciliation
import Store
import Synchronization

@testable import mpesad

/// A desk over a real store, whose clock stands at a Tuesday in November 2026.
struct DeskRig {
  static let now: Microseconds = 1_795_512_600_000_000
  static let minute: Microseconds = 60_000_000

  let store: SQLiteStore
  let desk: OperatorDesk
  let journal: AuditJournal

  static func use(
    environment: [String: String] = [:],
    asking: @escaping @Sendable (SQLiteStore, TransactionID) async -> AskOutcome = { _, _ in .notNeeded },
    _ body: (DeskRig) async throws -> Void
  ) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let journal = AuditJournal()
    let store = try SQLiteStore(
      directory: workspace.path, logger: Logger(label: "store") { _ in SwiftLogNoOpLogHandler() })
    let timing = Timing(now: { now }, sleep: { _ in }, chance: { 0 })
    let gate = CallbackGate(
      CallbackRules(policy: .log, sources: SafaricomAddresses.list),
      logger: Logger(label: "gate") { _ in SwiftLogNoOpLogHandler() })
    let audit = Audit(logger: Logger(label: "audit") { _ in journal })
    do {
      let settings = try Settings(
        try await SettingsSource(file: nil, environment: environment, flags: [.stateDirectory: workspace.path]))
      let parts = LiveDaraja.Parts(
        store: store, tokens: CallbackTokens(key: SymmetricKey(size: .bits256)), transport: Unplugged(), timing: timing,
        audit: audit)
      let desk = OperatorDesk(
        store: store, asking: ScriptedAsking(store: store, answer: asking),
        settings: try await LiveSettings(
          over: settings, store: store, seal: Result { try SettingsKey.load(settings) }, audit: audit),
        daraja: LiveDaraja(settings, parts),
        checkout: CheckoutAddresses(key: SymmetricKey(data: Array(repeating: UInt8(7), count: 32))) {
          CheckoutSettings(base: "https://pay.example.co.ke")
        },
        gate: gate, audit: audit, timing: timing, actor: "asha")
      try await body(DeskRig(store: store, desk: desk, journal: journal))
    } catch {
      await store.close()
      throw error
    }
    await store.close()
  }

  func perform<Wanted: mpesad.Operation>(_ operation: Wanted) async throws -> Wanted.Answer {
    try await operation.perform(at: desk)
  }

  /// What an operation was refused with.
  func refusal(_ operation: some mpesad.Operation) async throws -> OperationError? {
    do {
      _ = try await operation.perform(at: desk)
      return nil
    } catch let error as OperationError {
      return error
    }
  }

  /// A payment over 1500.00 whose prompt Safaricom has queued.
  func prompted(phone: String = "254708374149", minutesAgo: Microseconds = 10) async throws -> Transaction {
    let transaction = try await opened(phone: phone, minutesAgo: minutesAgo)
    return try await settle(
      transaction,
      .pushAnswer(
        .accepted(merchantRequestID: "29115-\(transaction.id)", checkoutRequestID: Self.checkout(transaction))),
      at: transaction.createdAt + 1_000_000)
  }

  /// A payment over 1500.00 whose push was sent, and Safaricom's answer lost.
  func unanswered(phone: String = "254708374149", minutesAgo: Microseconds = 10) async throws -> Transaction {
    let transaction = try await opened(phone: phone, minutesAgo: minutesAgo)
    return try await settle(
      transaction, .pushAnswer(.uncertain(detail: "no answer in 30 s")), at: transaction.createdAt + 1_000_000)
  }

  /// A payment over 1500.00 whose intent is committed.
  private func opened(phone: String, minutesAgo: Microseconds) async throws -> Transaction {
    let then = Self.now - minutesAgo * Self.minute
    let order = try await store.createOrder(
      NewOrder(amount: Amount(cents: 150_000), description: "Two lamps", reference: "A-17", createdBy: "7"), at: then)
    let opening = try await store.openPush(
      order: order.id, phone: try MSISDN(phone), createdBy: "7", rules: AdmissionRules(promptLifetime: 1),
      firstQueryAt: then + Self.minute, at: then)
    guard case .opened(let transaction, _) = opening else { throw UnexpectedOpening(opening: opening) }
    return transaction
  }

  struct UnexpectedOpening: Error { var opening: PushOpening }

  /// As Safaricom makes them: a time, and the payer's nine digits.
  static func checkout(_ transaction: Transaction) -> String {
    "ws_CO_24112026120000\(100 + transaction.id.number)\(transaction.phone.digits.suffix(9))"
  }

  func settle(_ transaction: Transaction, _ evidence: Evidence, at now: Microseconds = now) async throws -> Transaction
  {
    try await store.settle(transaction.id, with: evidence, nextQueryAt: now + 1, at: now)?.decision.transaction
      ?? transaction
  }

  /// Bytes for a transaction's own address, concluded as this finding.
  func deliver(_ body: String, to transaction: Transaction?, _ finding: Finding, at then: Microseconds = now - minute)
    async throws -> DeliveryID
  {
    let delivery = NewDelivery(
      body: ByteBuffer(string: body), receivedAt: then, source: "196.201.214.200", token: transaction?.id)
    guard case .stored(let id) = try await store.append(delivery) else { throw CancellationError() }
    _ = try await store.conclude([(id, finding)], at: then)
    return id
  }

  static func paid(_ transaction: Transaction, receipt: String = "NLJ7RT61SV", cents: Int64 = 150_000) -> STKCallback {
    STKCallback(
      checkoutRequestID: checkout(transaction), resultCode: .success, resultDescription: "Processed.",
      amount: Amount(cents: cents), receipt: Receipt(receipt))
  }

  static func body(_ transaction: Transaction) -> String {
    #"{"Body":{"stkCallback":{"CheckoutRequestID":"\#(checkout(transaction))","ResultCode":0,"CallbackMetadata":{"Item":["#
      + #"{"Name":"PhoneNumber","Value":\#(transaction.phone.digits)},{"Name":"TransactionDate","Value":20261124120110}]}}}}"#
  }
}

/// A network that nothing goes through.
struct Unplugged: DarajaTransport {
  func send(_ request: HTTPExchangeRequest, deadline: Duration) async throws(TransportFailure) -> HTTPExchangeResponse {
    throw TransportFailure(.connection, requestMayHaveBeenSent: false, detail: "unplugged")
  }
}

/// Asks nobody, and says what a test wants.
struct ScriptedAsking: Asking {
  let store: SQLiteStore
  let answer: @Sendable (SQLiteStore, TransactionID) async -> AskOutcome

  func askIfDue(_ id: TransactionID) async {}
  func ask(_ id: TransactionID) async -> AskOutcome { await answer(store, id) }
}

/// Keeps the audit trail as text, with its fields.
final class AuditJournal: LogHandler {
  private let kept = Mutex<[String]>([])

  var lines: [String] { kept.withLock { $0 } }

  var metadata: Logger.Metadata {
    get { [:] }
    set { _ = newValue }
  }

  var logLevel: Logger.Level {
    get { .info }
    set { _ = newValue }
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set { _ = newValue }
  }

  func log(event: LogEvent) {
    kept.withLock {
      $0.append(
        LogLine(event, label: "desk", metadata: [:], at: Date()).text(withTime: false, paint: Paint(isOn: false)))
    }
  }
}
