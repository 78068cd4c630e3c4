import Daraja
import Hummingbird
import Logging
import Payments
import Store

/// Sees to it that requests with a key do their work once: the same request again gets the same answer for a day.
///
/// Two at once share one piece of work, and wait for it. What was decided is kept, refusals too; an answer that says that
/// nothing was done and that a later try may fare better is not, and gives the key back. A crash in between leaves the
/// reservation, and the ledger tells what became of it.
actor KeyedRequests {
  /// What a request asks for, as the work under its key.
  struct Work: Sendable {
    /// Whether it may begin; throws when not. Asked before anything is written.
    var admit: @Sendable () throws -> Void
    /// What an earlier attempt achieved that ended before its answer was kept; nil when it did nothing.
    var recover: @Sendable (TransactionID) async throws -> APIAnswer?
    /// Does it. Throws only when it is not known what was done.
    var perform: @Sendable () async throws -> APIAnswer
  }

  private struct Name: Hashable {
    var user: String
    var route: String
    var key: String
  }

  private struct Running {
    var fingerprint: [UInt8]
    var task: Task<Outcome, any Error>
  }

  private struct Outcome {
    var answer: APIAnswer
    var isReplay: Bool
  }

  nonisolated let store: any IdempotencyStore
  private let clock: @Sendable () -> ClockReading
  private let logger: Logger
  /// One for each key at work; bounded by the number of connections.
  private var underWay: [Name: Running] = [:]

  init(store: any IdempotencyStore, clock: @escaping @Sendable () -> ClockReading, logger: Logger) {
    self.store = store
    self.clock = clock
    self.logger = logger
  }

  /// The answer to a request: the one that it had before, or the one that its work gives now.
  func answer(_ request: KeyedRequest, _ work: Work) async throws -> Response {
    let name = Name(user: request.user, route: request.route, key: request.key)
    if let running = underWay[name] {
      guard running.fingerprint == request.fingerprint else { throw APIError(.idempotencyMismatch) }
      let outcome = try await running.task.value
      return Self.response(outcome.answer, isReplay: outcome.answer.isFinal)
    }
    // A task of its own: a client that goes away must not leave the key without its answer.
    let task = Task { try await carryOut(request, work, as: name) }
    underWay[name] = Running(fingerprint: request.fingerprint, task: task)
    let outcome = try await task.value
    return Self.response(outcome.answer, isReplay: outcome.isReplay)
  }

  /// Makes an order under a key. Order and answer are one commit, so that nothing is left to recover.
  func createOrder(
    _ order: NewOrder, _ request: KeyedRequest, answer: @escaping @Sendable (Order) -> APIAnswer
  ) async throws -> Response {
    let clock = clock()
    let (isNew, known) = try await store.createOrder(
      order, for: request, since: clock.cutoff(KeyedRequest.lifetime), at: clock.now
    ) { answer($0).kept }
    switch known {
    case .answered(let kept): return Self.response(APIAnswer(kept), isReplay: !isNew)
    case .mismatch: throw APIError(.idempotencyMismatch)
    case .fresh, .unfinished: throw APIError(.internalError)
    }
  }

  private func carryOut(_ request: KeyedRequest, _ work: Work, as name: Name) async throws -> Outcome {
    defer { underWay[name] = nil }
    let cutoff = clock().cutoff(KeyedRequest.lifetime)
    switch try await store.reservation(of: request, since: cutoff) {
    case .answered(let kept): return Outcome(answer: APIAnswer(kept), isReplay: true)
    case .mismatch: throw APIError(.idempotencyMismatch)
    case .unfinished(let last):
      if let answer = try await work.recover(last) {
        await conclude(request, answer)
        return Outcome(answer: answer, isReplay: true)
      }
      try work.admit()
    case .fresh:
      try work.admit()
      guard try await store.reserve(request, since: cutoff, at: clock().now) == .fresh else {
        throw APIError(.internalError)
      }
    }
    let answer = try await work.perform()
    await conclude(request, answer)
    return Outcome(answer: answer, isReplay: false)
  }

  /// Keeps the answer, or gives the key back. If the store cannot, the reservation stays and the ledger tells the next attempt.
  private func conclude(_ request: KeyedRequest, _ answer: APIAnswer) async {
    do {
      if answer.isFinal {
        try await store.keep(answer.kept, for: request)
      } else {
        try await store.release(request)
      }
    } catch {
      logger.error("The answer to a request with a key could not be kept.", metadata: ["error": "\(error)"])
    }
  }

  private static func response(_ answer: APIAnswer, isReplay: Bool) -> Response {
    var answer = answer
    if isReplay { answer.headers.append(contentsOf: IdempotencyKey.replayed) }
    return answer.response
  }
}
