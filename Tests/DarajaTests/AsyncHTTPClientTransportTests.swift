import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import Daraja

@Suite struct AsyncHTTPClientTransportTests {
  /// Longer than the connect timeout, so that the deadline is never what ends a call that should not time out.
  private static let long = Duration.seconds(30)

  /// Runs a real server on a free port of the loopback interface, and a transport.
  private func withServer(
    maximumAnswerBytes: Int = AsyncHTTPClientTransport.maximumAnswerBytes,
    routes: (Router<BasicRequestContext>) -> Void,
    body: @Sendable (AsyncHTTPClientTransport, String) async throws -> Void
  ) async throws {
    let router = Router()
    routes(router)
    let (ports, announce) = AsyncStream.makeStream(of: Int.self)
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    let application = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { channel in announce.yield(channel.localAddress?.port ?? 0) }, logger: logger)
    let transport = AsyncHTTPClientTransport(maximumAnswerBytes: maximumAnswerBytes)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await application.run() }
      let port = try #require(await ports.first { _ in true })
      let result: Result<Void, any Error>
      do {
        result = .success(try await body(transport, "http://127.0.0.1:\(port)"))
      } catch {
        result = .failure(error)
      }
      try await transport.shutdown()
      group.cancelAll()
      try result.get()
    }
  }

  private func failureOf(
    _ transport: AsyncHTTPClientTransport, _ request: HTTPExchangeRequest, deadline: Duration = long
  ) async -> TransportFailure? {
    do throws(TransportFailure) {
      _ = try await transport.send(request, deadline: deadline)
      return nil
    } catch {
      return error
    }
  }

  private static func post(_ url: String) -> HTTPExchangeRequest {
    HTTPExchangeRequest(
      method: "POST", url: url, headers: [("Authorization", "Bearer t")], body: Array(#"{"a":1}"#.utf8))
  }

  @Test func sendsHeadersAndBodyAndReadsTheAnswer() async throws {
    try await withServer { router in
      router.post("/echo") { request, _ in
        let body = try await request.body.collect(upTo: 1_024)
        let headers = request.headers
        let lines = [
          headers[.userAgent], headers[.accept], headers[.contentType], headers[.contentLength],
          headers[.authorization], String(buffer: body),
        ].map { $0 ?? "none" }
        return Response(status: .badRequest, body: .init(byteBuffer: ByteBuffer(string: lines.joined(separator: "\n"))))
      }
      router.get("/get") { request, _ in request.uri.query ?? "" }
    } body: { transport, url in
      let answer = try await transport.send(Self.post(url + "/echo"), deadline: Self.long)
      #expect(answer.status == 400)
      #expect(
        String(decoding: answer.body, as: UTF8.self)
          == "mpesad\napplication/json\napplication/json\n7\nBearer t\n{\"a\":1}")
      let get = try await transport.send(HTTPExchangeRequest(method: "GET", url: url + "/get?x=y"), deadline: Self.long)
      #expect(get.status == 200)
      #expect(get.body == Array("x=y".utf8))
    }
  }

  @Test func redirectsAreNotFollowed() async throws {
    try await withServer { router in
      router.post("/here") { _, _ in Response.redirect(to: "/there", type: .temporary) }
      router.get("/here") { _, _ in Response.redirect(to: "/there", type: .permanent) }
      router.get("/there") { _, _ in "arrived" }
    } body: { transport, url in
      let post = try await transport.send(Self.post(url + "/here"), deadline: Self.long)
      #expect(post.status == 307)
      let get = try await transport.send(HTTPExchangeRequest(method: "GET", url: url + "/here"), deadline: Self.long)
      #expect(get.status == 301)
    }
  }

  @Test func aSlowAnswerIsATimeout() async throws {
    let gate = Gate()
    try await withServer { router in
      router.post("/slow") { _, _ in
        await gate.wait()
        return "late"
      }
    } body: { transport, url in
      let failure = await failureOf(transport, Self.post(url + "/slow"), deadline: .milliseconds(200))
      #expect(failure?.reason == .timeout)
      #expect(failure?.requestMayHaveBeenSent == true)
      gate.open()
    }
  }

  @Test func aBodyThatNeverEndsIsATimeout() async throws {
    let gate = Gate()
    try await withServer { router in
      router.post("/drip") { _, _ in
        Response(
          status: .ok,
          body: .init(contentLength: 100) { writer in
            try await writer.write(ByteBuffer(string: "{"))
            await gate.wait()
            throw CancellationError()
          })
      }
    } body: { transport, url in
      let failure = await failureOf(transport, Self.post(url + "/drip"), deadline: .milliseconds(200))
      #expect(failure?.reason == .timeout)
      #expect(failure?.requestMayHaveBeenSent == true)
      gate.open()
    }
  }

  @Test func aConnectionThatClosesInTheMiddleOfTheAnswerIsLost() async throws {
    try await withServer { router in
      router.post("/half") { _, _ in
        Response(
          status: .ok,
          body: .init(contentLength: 100) { writer in
            try await writer.write(ByteBuffer(string: "{\"ResponseCode\":\"0\""))
            throw CancellationError()
          })
      }
    } body: { transport, url in
      let failure = await failureOf(transport, Self.post(url + "/half"))
      #expect(failure?.reason == .connection)
      #expect(failure?.requestMayHaveBeenSent == true)
    }
  }

  @Test func anAnswerThatIsTooLargeIsNotTaken() async throws {
    try await withServer(maximumAnswerBytes: 1_000) { router in
      router.post("/known/{size}") { _, context in
        String(repeating: "x", count: try context.parameters.require("size", as: Int.self))
      }
      router.post("/streamed") { _, _ in
        Response(
          status: .ok,
          body: .init { writer in
            for _ in 0..<100 { try await writer.write(ByteBuffer(string: String(repeating: "x", count: 100))) }
            try await writer.finish(nil)
          })
      }
    } body: { transport, url in
      let largest = try await transport.send(Self.post(url + "/known/1000"), deadline: Self.long)
      #expect(largest.body.count == 1_000)
      for path in ["/known/1001", "/streamed"] {
        let failure = await failureOf(transport, Self.post(url + path))
        #expect(failure?.reason == .answerTooLarge)
        #expect(failure?.requestMayHaveBeenSent == true)
      }
    }
  }

  @Test func aRefusedPortIsCertainlyNotSent() async throws {
    // A port that was free a moment ago.
    let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(channel.localAddress?.port)
    try await channel.close()
    let transport = AsyncHTTPClientTransport()
    let failure = await failureOf(transport, Self.post("http://127.0.0.1:\(port)/"))
    #expect(failure?.reason == .connection)
    #expect(failure?.requestMayHaveBeenSent == false)
    try await transport.shutdown()
  }

  @Test(arguments: [
    "", "daraja", "ftp://127.0.0.1/", "http://", "http://name.invalid/", "http://127.0.0.1:99999/",
    "http://127.0.0.1:-1/",
    "http://[::1]:65536/",
  ])
  func anImpossibleAddressIsCertainlyNotSent(url: String) async throws {
    let transport = AsyncHTTPClientTransport()
    let failure = await failureOf(transport, Self.post(url))
    #expect(failure?.reason == .connection)
    #expect(failure?.requestMayHaveBeenSent == false)
    try await transport.shutdown()
  }

  @Test func aTLSHandshakeThatFailsIsCertainlyNotSent() async throws {
    try await withServer { router in
      router.post("/") { _, _ in "plain" }
    } body: { transport, url in
      let failure = await failureOf(transport, Self.post(url.replacing("http:", with: "https:")))
      #expect(failure?.reason == .connection)
      #expect(failure?.requestMayHaveBeenSent == false)
    }
  }

  @Test func aServerThatAcceptsAndClosesMayHaveReadTheRequest() async throws {
    let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(CloseOnFirstRead()) }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let port = try #require(channel.localAddress?.port)
    let transport = AsyncHTTPClientTransport()
    let failure = await failureOf(transport, Self.post("http://127.0.0.1:\(port)/"))
    #expect(failure?.reason == .connection)
    #expect(failure?.requestMayHaveBeenSent == true)
    try await transport.shutdown()
    try await channel.close()
  }

  @Test func cancellationEndsTheCall() async throws {
    let gate = Gate()
    let arrived = Gate()
    try await withServer { router in
      router.post("/slow") { _, _ in
        arrived.open()
        await gate.wait()
        return "late"
      }
    } body: { transport, url in
      let call = Task { await failureOf(transport, Self.post(url + "/slow")) }
      await arrived.wait()
      call.cancel()
      let failure = await call.value
      #expect(failure?.reason == .cancelled)
      #expect(failure?.requestMayHaveBeenSent == true)
      gate.open()
    }
  }

  /// From the client down to the socket and back.
  @Test func aWholePushAndQueryOverTheWire() async throws {
    let queries = Mutex(0)
    try await withServer { router in
      router.get("/oauth/v1/generate") { request, _ -> Response in
        guard request.headers[.authorization] == "Basic a2V5OnNlY3JldA==" else { return Response(status: .badRequest) }
        return Response(
          status: .ok, body: .init(byteBuffer: ByteBuffer(string: #"{"access_token":"T","expires_in":"3599"}"#)))
      }
      router.post("/mpesa/stkpush/v1/processrequest") { _, _ in SampleAnswers.accepted }
      router.post("/mpesa/stkpushquery/v1/query") { _, _ in
        queries.withLock {
          $0 += 1
          return SampleAnswers.queryResult($0 == 1 ? "\"4999\"" : "\"0\"")
        }
      }
    } body: { transport, url in
      let client = DarajaClient(
        baseURL: url, credentials: DarajaCredentials(consumerKey: Secret("key"), consumerSecret: Secret("secret")),
        account: MerchantAccount(shortcode: "174379", passkey: Secret("p")), transport: transport, now: { 0 })
      let request = try STKPushRequest(
        amount: Amount(cents: 100), phone: MSISDN("0712345678"), callbackURL: "https://shop.example/cb",
        accountReference: "A", description: "B")
      guard case .accepted(_, let id, _) = await client.push(request) else {
        Issue.record("not accepted")
        return
      }
      #expect(id == "ws_CO_191220191020363925")
      #expect(await client.query(checkoutRequestID: "ws_CO_1") == .pending(description: "text"))
      #expect(await client.query(checkoutRequestID: "ws_CO_1") == .final(.success, description: "text"))
    }
  }
}

/// Closes the connection as soon as something arrives.
private final class CloseOnFirstRead: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    context.close(promise: nil)
  }
}
