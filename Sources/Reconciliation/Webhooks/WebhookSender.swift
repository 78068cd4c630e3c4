import AsyncHTTPClient
public import Daraja
import Foundation
import NIOCore
import NIOHTTP1
public import Store
import Synchronization

/// Carries one webhook to the merchant's system.
public protocol WebhookSending: Sendable {
  /// Sends an event once, signed for the time given. Never throws: whatever happens is an answer.
  func send(_ entry: OutboxEntry, to target: WebhookTarget, at now: Microseconds) async -> WebhookAnswer

  /// Closes what it keeps open. Nothing is sent after it.
  func shutdown() async
}

/// Sends webhooks over HTTP/1.1: no redirects, and to addresses that were checked.
public struct WebhookSender: WebhookSending {
  /// How long looking up, connecting, sending and reading the answer may take together (Standard Webhooks: 15 to 30 s).
  public static let standardTimeout = Duration.seconds(15)
  /// As much of an answer's body is read, in bytes: enough to keep its beginning, and no room for a flood.
  public static let readBytes = 64 << 10
  /// As many of a name's addresses are tried for one attempt.
  public static let triedAddresses = 3

  private let userAgent: String
  private let timeout: Duration
  private let lookUp: @Sendable (_ host: String, _ port: Int) async throws -> [SocketAddress]
  private let clients = PinnedClients()

  /// A sender with connections of its own.
  /// - Parameter userAgent: such as `mpesad/1.0`.
  public init(userAgent: String) {
    self.init(userAgent: userAgent, timeout: Self.standardTimeout) { try await NameLookup.addresses(of: $0, port: $1) }
  }

  init(
    userAgent: String, timeout: Duration,
    lookUp: @escaping @Sendable (_ host: String, _ port: Int) async throws -> [SocketAddress]
  ) {
    self.userAgent = userAgent
    self.timeout = timeout
    self.lookUp = lookUp
  }

  public func shutdown() async { await clients.shutdown() }

  public func send(_ entry: OutboxEntry, to target: WebhookTarget, at now: Microseconds) async -> WebhookAnswer {
    let answer = AnswerSoFar()
    do {
      try await withThrowingTaskGroup(of: Void.self) { group in
        defer { group.cancelAll() }
        group.addTask { try await carry(entry, to: target, at: now, answer) }
        group.addTask {
          try await Task.sleep(for: timeout)
          throw DeadlinePassed()
        }
        try await group.next()
      }
    } catch {
      // Once there is a status, that is the answer, whatever became of the body.
      return answer.taken ?? .failed(describe(error))
    }
    return answer.taken ?? .failed("the receiver closed the connection without an answer.")
  }

  private func carry(
    _ entry: OutboxEntry, to target: WebhookTarget, at now: Microseconds, _ answer: AnswerSoFar
  ) async throws {
    let request = request(entry, to: target, at: now)
    var failure: any Error = NameLookup.Failure(description: "the name has no address")
    for address in try await addresses(of: target).prefix(Self.triedAddresses) {
      do {
        try await clients.use(host: target.host, address: address) { client in
          try await post(request, through: client, at: now, answer)
        }
        return
      } catch {
        guard answer.taken == nil, !Task.isCancelled else { throw error }
        failure = error
      }
    }
    throw failure
  }

  /// The addresses that may be called. One that may not spoils them all: an honest name has no such mixture.
  private func addresses(of target: WebhookTarget) async throws -> [String] {
    let found = try await lookUp(target.host, target.port)
    if !target.allowsPrivateAddresses {
      for address in found {
        guard let objection = PublicAddress.objection(to: address) else { continue }
        throw RefusedAddress(address: address.ipAddress ?? "it", objection: objection)
      }
    }
    return found.compactMap(\.ipAddress)
  }

  private func request(_ entry: OutboxEntry, to target: WebhookTarget, at now: Microseconds) -> HTTPClientRequest {
    let timestamp = now / 1_000_000
    var request = HTTPClientRequest(url: target.url)
    request.method = .POST
    request.headers = [
      "content-type": "application/json", "user-agent": userAgent, "webhook-id": entry.webhookID,
      "webhook-timestamp": String(timestamp),
      "webhook-signature": target.secrets.signature(id: entry.webhookID, timestamp: timestamp, body: entry.payload),
    ]
    request.body = .bytes(ByteBuffer(bytes: entry.payload))
    return request
  }

  private func post(
    _ request: HTTPClientRequest, through client: HTTPClient, at now: Microseconds, _ answer: AnswerSoFar
  ) async throws {
    let response = try await client.execute(request, deadline: .distantFuture)
    let retryAfter = response.headers.first(name: "retry-after").flatMap { RetryAfter.duration($0, at: now) }
    answer.begin(status: Int(response.status.code), retryAfter: retryAfter)
    for try await part in response.body {
      if answer.add(part) >= Self.readBytes { return }
    }
  }

  private func describe(_ error: any Error) -> String {
    switch error {
    case is DeadlinePassed: "no answer within \(timeout.components.seconds) s."
    case let error as RefusedAddress: error.description
    default: "\(error)."
    }
  }

  private struct DeadlinePassed: Error {}

  private struct RefusedAddress: Error, CustomStringConvertible {
    var address: String
    var objection: String
    var description: String {
      "not sent: the host of mpesa_webhook_url is \(address), which belongs to \(objection). "
        + "If that is meant, set mpesa_webhook_private_addresses to allow."
    }
  }
}

/// An answer as far as it has come.
private final class AnswerSoFar: Sendable {
  private struct State {
    var status: Int?
    var retryAfter: Duration?
    var excerpt: [UInt8] = []
    var read = 0
  }

  private let state = Mutex(State())

  func begin(status: Int, retryAfter: Duration?) {
    state.withLock {
      $0.status = status
      $0.retryAfter = retryAfter
    }
  }

  /// - Returns: how many bytes of the body have come.
  func add(_ part: ByteBuffer) -> Int {
    state.withLock { state in
      state.read += part.readableBytes
      state.excerpt += part.readableBytesView.prefix(OutboxAttempt.keptAnswerBytes - state.excerpt.count)
      return state.read
    }
  }

  var taken: WebhookAnswer? {
    state.withLock { state in
      state.status.map {
        .answered(status: $0, retryAfter: state.retryAfter, excerpt: String(decoding: state.excerpt, as: UTF8.self))
      }
    }
  }
}
