import AsyncHTTPClient
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
import Testing

@testable import mpesad

/// Everything that stands between a stranger and a paid order, as it is in the daemon: the gateway on a real socket, a real database, the
/// workers and the sweeper. Only Safaricom is scripted.
struct TrustHouse: Sendable {
  let store: SQLiteStore
  let tokens: CallbackTokens
  let safaricom: ScriptedSafaricom
  private let prompter: Prompter
  private let port: Int

  static func use(_ body: (TrustHouse) async throws -> Void) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    let store = try SQLiteStore(directory: workspace.path, logger: logger)
    let tokens = CallbackTokens(key: CallbackTokens.newKey())
    let safaricom = ScriptedSafaricom()
    let audit = Audit(logger: logger)
    let budget = QueryBudget(interval: 1, burst: 1_000)
    let questioner = Questioner(
      store: store, daraja: safaricom, schedule: .standard, budget: budget, timing: .system, audit: audit)
    let prompter = Prompter(
      store: store, daraja: safaricom, tokens: tokens, callbackBase: "https://pay.example/api/payments/callbacks",
      rules: AdmissionRules(), schedule: .standard, timing: .system, audit: audit)
    let gateway = Gateway(
      configuration: GatewayConfiguration(port: 0, deadlines: GatewayDeadlines(drainNotice: .milliseconds(10))),
      store: store, prompting: prompter, asking: questioner, tokens: tokens,
      gate: CallbackGate(CallbackRules(policy: .off, sources: AddressList()), logger: logger),
      authenticator: try await Authenticator(
        secret: Secret("0123456789abcdef0123456789abcdef"), now: Timing.system.now),
      idempotency: store, timing: .system, logger: logger, group: MultiThreadedEventLoopGroup.singleton)
    let group = ServiceGroup(
      services: [
        StoreClosing(store: store),
        StaleSweeper(questioner: questioner, timing: .system),
        InboxWorkers(store: store, workers: 4, since: Timing.system.uptime(), timing: .system, audit: audit), gateway,
      ], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      let house = TrustHouse(
        store: store, tokens: tokens, safaricom: safaricom, prompter: prompter, port: try await gateway.port())
      try await body(house)
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  /// A prompt that is on a shopper's phone, for an order of its own over KES 1,500.
  func prompt(_ number: Int) async throws -> Prompted {
    let order = try await store.createOrder(
      NewOrder(amount: Amount(cents: 150_000), description: "", reference: "A-\(number)", createdBy: "7"),
      at: Timing.system.now())
    let result = try await prompter.prompt(
      order: order.id, phone: try MSISDN("25471200000\(number)"), by: "7")
    switch result {
    case .sent(let transaction, _), .uncertain(let transaction):
      return Prompted(
        order: order.id, transaction: transaction.id,
        checkout: transaction.checkoutRequestID ?? "ws_CO_UNKNOWN_\(number)",
        token: tokens.token(for: transaction.token),
        receipt: "TRUE00000\(number)")
    default: throw Unexpected(what: "\(result)")
    }
  }

  struct Prompted: Sendable {
    let order: OrderID
    let transaction: TransactionID
    /// The CheckoutRequestID that Safaricom gave it; for an answer that was lost, one that nobody here knows.
    let checkout: String
    let token: String
    /// The receipt of the payment, when it is made.
    let receipt: String

    /// Where Safaricom posts its result.
    var path: String { "/api/payments/callbacks/\(token)/" }
  }

  struct Unexpected: Error { var what: String }

  /// Posts and gives the status of the answer.
  @discardableResult
  func post(_ path: String, _ body: String) async throws -> Int {
    var request = HTTPClientRequest(url: "http://127.0.0.1:\(port)\(path)")
    request.method = .POST
    request.body = .bytes(ByteBuffer(string: body))
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    _ = try await response.body.collect(upTo: 65_536)
    return Int(response.status.code)
  }

  /// Waits until everything that was acknowledged has been weighed.
  func settled() async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await store.hasUnsettledDeliveries() {
      guard ContinuousClock.now < end else { throw Unexpected(what: "deliveries are left unsettled") }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  func transaction(_ prompted: Prompted) async throws -> Transaction {
    try #require(try await store.transaction(prompted.transaction))
  }

  /// Whether its order is paid, and by which transaction.
  func paidBy(_ prompted: Prompted) async throws -> TransactionID? {
    try #require(try await store.order(prompted.order)).paidBy
  }

  /// That nothing of what was posted so far counts as payment.
  func expectUnpaid(_ prompts: [Prompted], _ why: String, sourceLocation: SourceLocation = #_sourceLocation)
    async throws
  {
    try await settled()
    for prompted in prompts {
      let transaction = try await transaction(prompted)
      let payer = try await paidBy(prompted)
      #expect(transaction.status == .pending, "\(why)", sourceLocation: sourceLocation)
      #expect(transaction.receipt == nil, "\(why)", sourceLocation: sourceLocation)
      #expect(payer == nil, "\(why)", sourceLocation: sourceLocation)
    }
  }

  /// That a true payment, delivered as Safaricom does, completes.
  func expectPayable(_ prompts: [Prompted], _ why: String) async throws {
    for prompted in prompts {
      let status = try await post(prompted.path, CallbackBody.paid(prompted.checkout, receipt: prompted.receipt))
      #expect(status == 200)
    }
    try await settled()
    for prompted in prompts {
      let transaction = try await transaction(prompted)
      let payer = try await paidBy(prompted)
      #expect(transaction.status == .completed, "\(why)")
      #expect(transaction.receipt?.description == prompted.receipt, "\(why)")
      #expect(payer == prompted.transaction, "\(why)")
    }
  }
}

/// Accepts every push, and answers questions as it was told: before that, that it does not know yet.
actor ScriptedSafaricom: DarajaAPI {
  private var pushes = 0
  private var losesAnswers = false
  private var results: [String: ResultCode] = [:]
  private(set) var questions: [String] = []

  /// Whether the answer to the next pushes gets lost.
  func loseAnswers(_ loses: Bool) { losesAnswers = loses }

  /// What becomes of a payment.
  func decide(_ checkout: String, _ code: ResultCode) { results[checkout] = code }

  func push(_ request: STKPushRequest) async -> PushOutcome {
    pushes += 1
    if losesAnswers { return .uncertain(DarajaFailure(kind: .timeout, message: "No answer in time")) }
    return .accepted(
      merchantRequestID: "29115-34620561-\(pushes)", checkoutRequestID: "ws_CO_24112026093000_\(pushes)",
      customerMessage: nil)
  }

  func query(checkoutRequestID: String) async -> QueryOutcome {
    questions.append(checkoutRequestID)
    guard let code = results[checkoutRequestID] else { return .pending(description: nil) }
    return .final(code, description: nil)
  }
}

/// Bodies as Safaricom sends them.
enum CallbackBody {
  static func paid(_ checkout: String, receipt: String, amount: String = "1500.00", code: String = "0") -> String {
    """
    {"Body":{"stkCallback":{"MerchantRequestID":"29115-34620561-1","CheckoutRequestID":"\(checkout)","ResultCode":\(code),\
    "ResultDesc":"The service request is processed successfully.","CallbackMetadata":{"Item":[{"Name":"Amount",\
    "Value":\(amount)},{"Name":"MpesaReceiptNumber","Value":"\(receipt)"},{"Name":"Balance"},{"Name":"TransactionDate",\
    "Value":20261124093015},{"Name":"PhoneNumber","Value":254712000001}]}}}}
    """
  }
}
