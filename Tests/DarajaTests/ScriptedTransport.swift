import Synchronization

@testable import Daraja

/// A network in memory: a script answers every request, and all requests are kept.
final class ScriptedTransport: DarajaTransport {
  typealias Script =
    @Sendable (HTTPExchangeRequest, _ number: Int) async throws(TransportFailure) -> HTTPExchangeResponse

  struct Sent: Sendable {
    let request: HTTPExchangeRequest
    let deadline: Duration
  }

  private let script: Script
  private let log = Mutex<[Sent]>([])

  init(_ script: @escaping Script) {
    self.script = script
  }

  var sent: [Sent] { log.withLock { $0 } }

  /// The paths without the query, in order.
  var paths: [String] {
    sent.map { sent in
      let path = sent.request.url.dropFirst("https://daraja.test".count)
      return String(path.prefix { $0 != "?" })
    }
  }

  func send(
    _ request: HTTPExchangeRequest, deadline: Duration
  ) async throws(TransportFailure) -> HTTPExchangeResponse {
    let number = log.withLock {
      $0.append(Sent(request: request, deadline: deadline))
      return $0.count
    }
    return try await script(request, number)
  }
}

/// A clock that stands still until it is moved.
final class ManualClock: Sendable {
  private let time: Mutex<Microseconds>

  init(_ start: Microseconds = 1_576_739_475_000_000) {
    time = Mutex(start)
  }

  var now: Microseconds { time.withLock { $0 } }

  func advance(seconds: Int64) {
    time.withLock { $0 += seconds * 1_000_000 }
  }
}

/// Something that is waited for until it is opened once.
final class Gate: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() {
    (stream, continuation) = AsyncStream.makeStream()
  }

  func open() { continuation.finish() }

  /// Returns when the gate is open or the task is cancelled. For one waiter.
  func wait() async {
    for await _ in stream {}
  }
}
