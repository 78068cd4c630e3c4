import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// Opens the listening socket and puts the handlers of each connection together.
struct Listener {
  let configuration: GatewayConfiguration
  let group: any EventLoopGroup
  let connections: Connections
  let connectionLimit: ConnectionLimit
  let logger: Logger
  /// Puts the handlers of a new connection in.
  let prepare: @Sendable (any Channel) -> EventLoopFuture<Void>

  /// How many connections the kernel completes and keeps for us while we do not accept.
  private static let backlog: CInt = 4_096

  /// - Throws: ``GatewayError/cannotListen(on:detail:)``.
  func open() async throws(GatewayError) -> any Channel {
    do {
      if let descriptor = configuration.listeningDescriptor {
        return try await bootstrap.withBoundSocket(descriptor).get()
      }
      return try await bootstrap.bind(host: configuration.host, port: configuration.port).get()
    } catch {
      throw .cannotListen(on: configuration.listenAddress, detail: "\(error)")
    }
  }

  private var bootstrap: ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: Self.backlog)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.maxMessagesPerRead, value: UInt(ConnectionLimitHandler.acceptBurst))
      .serverChannelInitializer { [connectionLimit, connections, logger] channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(
            ConnectionLimitHandler(limit: connectionLimit, connections: connections, logger: logger))
        }
      }
      // A client may close its side behind its last request and still wait for the answer.
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
      .childChannelInitializer(prepare)
  }
}

extension GatewayConfiguration {
  /// Where it listens, for people.
  var listenAddress: String {
    listeningDescriptor.map { "descriptor \($0)" } ?? (host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)")
  }
}
