import HTTPTypes
import Metrics
import NIOCore
import Store
import Synchronization

/// What the gateway counts. The instruments of the callbacks are made at the start: the hot path looks nothing up.
struct GatewayMeters: Sendable {
  /// Callbacks with a row of their own.
  let stored: Counter
  /// Callbacks in the spool.
  let spooled: Counter
  /// Callbacks answered 503 because too much is waiting.
  let overloaded: Counter
  /// Callbacks answered 503 because nothing can be made durable.
  let unavailable: Counter
  /// Requests to a callback address that no callback makes.
  let refused: Counter
  /// From the last byte to the commit.
  let commit: Timer
  private let requests: Requests

  init(_ factory: any MetricsFactory) {
    let callbacks = { (outcome: String) in
      Counter(label: "mpesad_callbacks_total", dimensions: [("outcome", outcome)], factory: factory)
    }
    stored = callbacks("stored")
    spooled = callbacks("spooled")
    overloaded = callbacks("overloaded")
    unavailable = callbacks("unavailable")
    refused = callbacks("refused")
    commit = Timer(label: "mpesad_callback_commit_seconds", factory: factory)
    requests = Requests(factory)
  }

  /// The store has answered a callback.
  func count(_ result: Result<Acceptance, StoreError>, after time: TimeAmount) {
    switch result {
    case .success(.stored):
      stored.increment()
      commit.recordNanoseconds(time.nanoseconds)
    case .success(.spooled): spooled.increment()
    case .failure(.overloaded): overloaded.increment()
    case .failure: unavailable.increment()
    }
  }

  /// A request to the API was answered.
  /// - Parameter route: the endpoint's path with its parameters as names; the same word for all addresses that are none.
  func count(_ method: HTTPRequest.Method, route: String, status: Int, nanoseconds: Int64) {
    requests.count(method, route, status, nanoseconds)
  }

  /// Instruments of the API's requests, made when they are first needed.
  private final class Requests: Sendable {
    private struct Key: Hashable {
      var method: String
      var route: String
      var status: Int
    }

    /// Methods that are named; all others are one.
    private static let methods: Set = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

    private let factory: any MetricsFactory
    private let made = Mutex<(counters: [Key: Counter], timers: [String: Timer])>(([:], [:]))

    init(_ factory: any MetricsFactory) { self.factory = factory }

    func count(_ method: HTTPRequest.Method, _ route: String, _ status: Int, _ nanoseconds: Int64) {
      let name = Self.methods.contains(method.rawValue) ? method.rawValue : "other"
      let key = Key(method: name, route: route, status: status)
      let (counter, timer) = made.withLock { made in
        let counter =
          made.counters[key]
          ?? Counter(
            label: "mpesad_http_requests_total",
            dimensions: [("route", route), ("method", name), ("status", String(status))], factory: factory)
        let timer =
          made.timers[route]
          ?? Timer(label: "mpesad_http_request_duration_seconds", dimensions: [("route", route)], factory: factory)
        made.counters[key] = counter
        made.timers[route] = timer
        return (counter, timer)
      }
      counter.increment()
      timer.recordNanoseconds(nanoseconds)
    }
  }
}
