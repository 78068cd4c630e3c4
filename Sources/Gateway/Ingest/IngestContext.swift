import Daraja
import Logging
import NIOCore
import Payments
import Reconciliation
import Store

/// What all connections share to take callbacks.
struct IngestContext: Sendable {
  let store: any PaymentStore
  let tokens: CallbackTokens
  let timing: Timing
  let bodyLimit: Int
  let unprovenBodyLimit: Int
  let proxies: TrustedProxies
  let gate: CallbackGate
  let connections: Connections
  let batches: AnswerBatches
  let meters: GatewayMeters
  let logger: Logger
  let wrongTokens: SparseLog
  let refusedByStore: SparseLog
  let accepted: AcceptedAnswers

  init(
    store: any PaymentStore, tokens: CallbackTokens, timing: Timing, limits: GatewayLimits,
    proxies: TrustedProxies, gate: CallbackGate, connections: Connections, group: any EventLoopGroup,
    meters: GatewayMeters, logger: Logger
  ) {
    self.store = store
    self.tokens = tokens
    self.timing = timing
    bodyLimit = limits.callbackBodyBytes
    unprovenBodyLimit = limits.unprovenBodyBytes
    self.proxies = proxies
    self.gate = gate
    self.connections = connections
    self.meters = meters
    self.logger = logger
    batches = AnswerBatches(group, answersOf: store)
    wrongTokens = SparseLog(
      .wrongToken, "A callback address was tried with a wrong token; what came is stored as untrusted", logger: logger)
    refusedByStore = SparseLog(
      .callbackUnstored, "Callbacks are answered 503, they cannot be made durable", logger: logger)
    accepted = AcceptedAnswers()
  }
}

/// The one answer to every callback that is on the disk, encoded once.
struct AcceptedAnswers: Sendable {
  private let usual: ByteBuffer
  private let keepAlive: ByteBuffer
  private let close: ByteBuffer

  init() {
    // The conventional body; Safaricom reads the status only (seen in live integrations).
    let json = Array(#"{"ResultCode":0,"ResultDesc":"Accepted"}"#.utf8)
    usual = WireAnswer.encode(.ok, json: json, persistence: .implied)
    keepAlive = WireAnswer.encode(.ok, json: json, persistence: .keepAlive)
    close = WireAnswer.encode(.ok, json: json, persistence: .close)
  }

  subscript(persistence: WireAnswer.Persistence) -> ByteBuffer {
    switch persistence {
    case .implied: usual
    case .keepAlive: keepAlive
    case .close: close
    }
  }
}
