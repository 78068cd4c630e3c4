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

  var ledger: ExampleLedger { ExampleLedger(store: store) }

  func prompted(phone: String = "254708374149", minutesAgo: Microseconds = 10) async throws -> Transaction {
    try await ledger.prompted(phone: phone, minutesAgo: minutesAgo)
  }

  func unanswered(phone: String = "254708374149", minutesAgo: Microseconds = 10) async throws -> Transaction {
    try await ledger.unanswered(phone: phone, minutesAgo: minutesAgo)
  }

  func settle(_ transaction: Transaction, _ evidence: Evidence, at now: Microseconds = now) async throws -> Transaction
  {
    try await ledger.settle(transaction, evidence, at: now)
  }

  func deliver(_ body: String, to transaction: Transaction?, _ finding: Finding, at then: Microseconds = now - minute)
    async throws -> DeliveryID
  {
    try await ledger.deliver(body, to: transaction, finding, at: then)
  }

  /// As Safaricom makes them: a time, and the payer's nine digits.
  static func checkout(_ transaction: Transaction) -> String {
    "ws_CO_24112026120000\(100 + transaction.id.number)\(transaction.phone.digits.suffix(9))"
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

  func askIfDue(_ id: TransactionID, for caller: String) async {}
  func watch(_ id: TransactionID, for caller: String) async {}
  func ask(_ id: TransactionID, for caller: String) async -> AskOutcome { await answer(store, id) }
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
