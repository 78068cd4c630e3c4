import AsyncHTTPClient
import NIOCore

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Carries requests over AsyncHTTPClient: HTTP/1.1, TLS with the system's trust roots, connections kept and reused.
///
/// It owns its HTTP client, because the promises of ``DarajaTransport`` depend on its configuration. Call
/// ``shutdown()`` when done.
public struct AsyncHTTPClientTransport: DarajaTransport {
  /// The largest answer taken, in bytes (1 MiB). Daraja's have a few hundred bytes, its firewall's pages
  /// a few thousand.
  public static let maximumAnswerBytes = 1 << 20
  /// How long DNS, TCP and TLS may take together. Shorter than the standard deadlines, so that "could not connect" is
  /// told apart from "did not answer".
  public static let connectTimeout = Duration.seconds(10)
  /// How long an idle connection is kept. A request that meets a connection in the moment of its closing is lost
  /// without an answer, and a push with an unknown outcome is dear; so connections go before a load balancer's usual
  /// 60 s.
  public static let idleTimeout = Duration.seconds(20)
  /// How many connections to Daraja may be open at once; further requests wait for one. A push takes about a second, so
  /// this is about as many pushes a second as well.
  public static let maximumConnections = 64
  /// The User-Agent that is sent unless another one is given. Requests without one risk the firewall's block page.
  public static let defaultUserAgent = "mpesad"

  private let client: HTTPClient
  private let userAgent: String
  private let maximumAnswerBytes: Int

  /// A transport with its own connections.
  ///
  /// - Parameters:
  ///   - userAgent: The User-Agent header.
  ///   - maximumAnswerBytes: The largest answer taken, in bytes.
  ///   - eventLoopGroup: Where connections run; the process-wide one by default.
  public init(
    userAgent: String = AsyncHTTPClientTransport.defaultUserAgent,
    maximumAnswerBytes: Int = AsyncHTTPClientTransport.maximumAnswerBytes,
    eventLoopGroup: any EventLoopGroup = HTTPClient.defaultEventLoopGroup
  ) {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.httpVersion = .http1Only
    configuration.timeout.connect = TimeAmount(Self.connectTimeout)
    configuration.connectionPool.idleTimeout = TimeAmount(Self.idleTimeout)
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.maximumConnections
    // A refused port is an answer; the caller decides when to try again.
    configuration.connectionPool.retryConnectionEstablishment = false
    self.client = HTTPClient(eventLoopGroup: eventLoopGroup, configuration: configuration)
    self.userAgent = userAgent
    self.maximumAnswerBytes = maximumAnswerBytes
  }

  /// Closes all connections; calls that are under way fail. Must be called once, before the transport goes away.
  public func shutdown() async throws {
    try await client.shutdown()
  }

  /// Sends a request once and reads the whole answer.
  ///
  /// - Parameter deadline: How long connecting, sending and reading may take together.
  /// - Throws: ``TransportFailure``. A request with a body whose connection could not be made is certainly not sent.
  public func send(
    _ request: HTTPExchangeRequest, deadline: Duration
  ) async throws(TransportFailure) -> HTTPExchangeResponse {
    // NIO stops the process at a port outside of 16 bits, and a mistake in a configuration file must not do that.
    guard let url = URL(string: request.url), UInt16(exactly: url.port ?? 0) != nil else {
      throw TransportFailure(.connection, requestMayHaveBeenSent: false, detail: "the URL or its port is not valid")
    }
    let body = request.body.map(ObservedBody.init)
    do {
      return try await withThrowingTaskGroup(of: HTTPExchangeResponse.self) { group in
        defer { group.cancelAll() }
        group.addTask { try await exchange(request, body: body) }
        // The HTTP client's own deadline ends with the head of the answer; this one covers the body too.
        group.addTask {
          try await Task.sleep(for: deadline)
          throw DeadlinePassed()
        }
        guard let answer = try await group.next() else { throw CancellationError() }
        return answer
      }
    } catch {
      throw Self.failure(error, mayHaveBeenSent: body?.wasAskedFor ?? true, deadline: deadline)
    }
  }

  private func exchange(_ request: HTTPExchangeRequest, body: ObservedBody?) async throws -> HTTPExchangeResponse {
    var outgoing = HTTPClientRequest(url: request.url)
    outgoing.method = .init(rawValue: request.method)
    for header in request.headers { outgoing.headers.add(name: header.name, value: header.value) }
    outgoing.headers.replaceOrAdd(name: "User-Agent", value: userAgent)
    outgoing.headers.replaceOrAdd(name: "Accept", value: "application/json")
    if let body {
      outgoing.headers.replaceOrAdd(name: "Content-Type", value: "application/json")
      outgoing.body = .stream(body, length: .known(Int64(body.bytes.readableBytes)))
    }
    let response = try await client.execute(outgoing, deadline: .distantFuture)
    let answer = try await response.body.collect(upTo: maximumAnswerBytes)
    // A cancelled stream may end early without an error, which must not pass for a short answer.
    try Task.checkCancellation()
    return HTTPExchangeResponse(status: Int(response.status.code), body: Array(answer.readableBytesView))
  }

  private static func failure(_ error: any Error, mayHaveBeenSent: Bool, deadline: Duration) -> TransportFailure {
    switch error {
    case is DeadlinePassed:
      TransportFailure(.timeout, requestMayHaveBeenSent: mayHaveBeenSent, detail: "no answer within \(deadline)")
    case is CancellationError:
      TransportFailure(.cancelled, requestMayHaveBeenSent: mayHaveBeenSent, detail: "the call was cancelled")
    case is NIOTooManyBytesError:
      TransportFailure(.answerTooLarge, requestMayHaveBeenSent: true, detail: "the answer is too large")
    default:
      TransportFailure(.connection, requestMayHaveBeenSent: mayHaveBeenSent, detail: String(describing: error))
    }
  }

  private struct DeadlinePassed: Error {}
}
