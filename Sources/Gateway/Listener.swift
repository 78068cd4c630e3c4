import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// Opens the listening sockets and puts the handlers of each connection together.
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
  /// Descriptors that must be free for accepting to go on after there was none.
  private static let headroom = 32

  /// Listens on every socket that was handed over, or on one of its own.
  /// - Throws: ``GatewayError/cannotListen(on:detail:)``. Then none is left open.
  func open() async throws(GatewayError) -> OpenListeners {
    OpenListeners(channels: try await channels(), group: group)
  }

  private func channels() async throws(GatewayError) -> [any Channel] {
    let descriptors = configuration.listeningDescriptors
    guard !descriptors.isEmpty else {
      return [try await channel { try await $0.bind(host: configuration.host, port: configuration.port).get() }]
    }
    var listeners: [any Channel] = []
    for descriptor in descriptors {
      do {
        listeners.append(try await channel { try await $0.withBoundSocket(descriptor).get() })
      } catch {
        for listener in listeners { try? await listener.close().get() }
        throw error
      }
    }
    return listeners
  }

  private func channel(
    _ bind: (ServerBootstrap) async throws -> any Channel
  ) async throws(GatewayError) -> any Channel {
    do {
      return try await bind(bootstrap)
    } catch {
      throw .cannotListen(on: configuration.listenAddress, detail: "\(error)", code: (error as? IOError)?.errnoCode)
    }
  }

  private var bootstrap: ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: Self.backlog)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .serverChannelOption(.maxMessagesPerRead, value: UInt(ConnectionLimitHandler.acceptBurst))
      .serverChannelInitializer { [connectionLimit, connections, logger] channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            AcceptFailureHandler(headroom: Self.headroom, connections: connections, logger: logger),
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
    guard listeningDescriptors.isEmpty else {
      return "the passed socket" + (listeningDescriptors.count > 1 ? "s " : " ")
        + listeningDescriptors.map { "\($0)" }.joined(separator: ", ")
    }
    return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}
