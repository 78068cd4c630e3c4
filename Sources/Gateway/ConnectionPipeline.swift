import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL

/// Puts the handlers of one connection together and lets Hummingbird serve what the ingest does not.
///
/// From the socket up: TLS where there is a certificate, ``WireHandler`` (bytes, deadlines), HTTP decoder and encoder, ``IngestHandler`` (callbacks,
/// order of answers), then Hummingbird's. The ingest sits below Hummingbird's type conversion, since only there the
/// HTTP version is known and nothing is copied.
struct ConnectionPipeline: Sendable {
  let ingest: IngestContext
  let http1: HTTP1Channel
  let tls: TLSIdentity?
  let deadlines: ConnectionDeadlines.Limits
  let logger: Logger

  init(
    ingest: IngestContext, responder: some HTTPResponder<APIContext>, configuration: GatewayConfiguration,
    logger: Logger
  ) {
    self.ingest = ingest
    tls = configuration.tls
    deadlines = ConnectionDeadlines.Limits(configuration.deadlines)
    self.logger = logger
    let limits = configuration.limits
    http1 = HTTP1Channel(
      responder: { request, writer, channel in
        let context = APIContext(source: ApplicationRequestContextSource(channel: channel, logger: logger))
        var response: Response
        do {
          response = try await responder.respond(to: request, context: context)
        } catch {
          logger.error("A request failed", metadata: ["error": "\(error)"])
          response = Response(APIError(.internalError))
        }
        if request.method == .head { response = response.createHeadResponse() }
        try await writer.write(response: response.head, body: response.body)
      },
      configuration: .init(
        idleTimeout: nil,
        httpDecoderConfiguration: .init(
          maxHeaderFieldSize: limits.headerBytes, maxHeaderListSize: limits.headerBytes,
          maxHeaderFieldCount: limits.headerFields)))
  }

  /// Prepares an accepted connection and begins to serve it.
  func prepare(_ channel: any Channel) -> EventLoopFuture<Void> {
    let connections = ingest.connections
    guard connections.opened(channel) else { return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
    let ready = channel.eventLoop.makeCompletedFuture {
      let pipeline = channel.pipeline.syncOperations
      if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls.context)) }
      try pipeline.addHandler(WireHandler(limits: deadlines, isSecured: tls != nil))
    }.flatMap { http1.setup(channel: channel, logger: logger) }
      .flatMapThrowing { served in
        let pipeline = channel.pipeline.syncOperations
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
        let wire = try pipeline.handler(type: WireHandler.self)
        try pipeline.addHandler(IngestHandler(shared: ingest, wire: wire), position: .after(decoder))
        return served
      }
    ready.whenSuccess { served in
      // Not a child of any task: a connection may be accepted at the very moment when accepting ends, and must be
      // served nevertheless. `Connections` knows it, and the gateway does not return before it is gone.
      Task {
        await http1.handle(value: served, logger: logger)
        try? await channel.closeFuture.get()
        connections.closed(channel)
      }
    }
    ready.whenFailure { _ in connections.closed(channel) }
    return ready.map { _ in }
  }
}
