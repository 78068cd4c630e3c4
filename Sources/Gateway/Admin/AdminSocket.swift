import Hummingbird
import HummingbirdCore
public import Logging
public import NIOCore
import NIOPosix
import Reconciliation
public import ServiceLifecycle

#if canImport(Glibc)
  import Glibc
#endif

/// An operator's way into the running daemon: a Unix socket that takes `POST /operations/<name>` with a JSON body.
///
/// The kernel vouches for who is at the other end. On a socket made here only root and the user that the daemon runs as are heard; on one
/// that was handed over, whoever its own mode and group let in. Graceful shutdown lets operations in flight finish. A socket that cannot
/// be opened is told and is no reason to stop: callbacks matter more than operators.
public struct AdminSocket: Service {
  /// Which socket it is.
  public enum Place: Sendable, Hashable {
    /// One made at this path, and removed at the end. What lies there is taken for the socket of a daemon that ended, and replaced: whoever
    /// says this holds the directory's lock.
    case path(String)
    /// One that listens already. Only this process's copy is closed.
    case passed(CInt)
  }

  /// The longest path that the kernel takes for a socket, in bytes (`man 7 unix`: 108 with the zero behind it).
  public static let maximumPathBytes = 107
  /// Commands that are connected at once. More wait in the kernel's backlog.
  static let maximumConnections = 32
  /// Descriptors that must be free for accepting to go on after there was none: few, so that operators come before shoppers.
  private static let headroom = 4
  /// The largest request body, in bytes: a thousand inbox rows to be replayed have some 20 KiB.
  static let maximumBodyBytes = 256 * 1024
  /// How long a command may take to send its request.
  static let requestIdleLimit = TimeAmount.seconds(30)
  /// How long operations in flight may take when the daemon stops. The slowest asks Safaricom and waits for the answer.
  static let drainLimit = Duration.seconds(60)

  /// Does what a request asks for.
  public typealias Perform = @Sendable (AdminRequest) async -> AdminAnswer

  private let place: Place
  private let group: any EventLoopGroup
  private let logger: Logger
  private let http1: HTTP1Channel
  private let connections = Connections()
  private let decided = OneShot<Void>()

  /// - Parameters:
  ///   - place: which socket it is.
  ///   - group: the event loops that serve connections.
  ///   - logger: told when the socket cannot be opened.
  ///   - perform: does what a request asks for.
  public init(_ place: Place, group: any EventLoopGroup, logger: Logger, perform: @escaping Perform) {
    self.place = place
    self.group = group
    self.logger = logger
    let isPassed = if case .passed = place { true } else { false }
    let responder = AdminResponder(trustsTheSocket: isPassed, perform: perform)
    http1 = HTTP1Channel(
      responder: { request, writer, channel in
        let context = AdminResponder.Context(
          source: ApplicationRequestContextSource(channel: channel, logger: logger))
        let response = try await responder.respond(to: request, context: context)
        try await writer.write(response: response.head, body: response.body)
      }, configuration: HTTP1Channel.Configuration(idleTimeout: Self.requestIdleLimit))
  }

  /// Waits until it listens, or has told why it cannot.
  /// - Throws: what says that it never will, when ``run()`` ended first, or `CancellationError`.
  public func opened() async throws { try await decided.value() }

  /// Listens until graceful shutdown or cancellation.
  public func run() async throws {
    defer { decided.resolve(.failure(GatewayError.stopped)) }
    let listener: any Channel
    do {
      listener = try await open()
    } catch {
      return await goWithout("\(error)")
    }
    decided.resolve(.success(()))
    let listeners = OpenListeners(channels: [listener], group: group)
    let end = await listeners.end()
    await listeners.close()
    if case .path(let path) = place { unlink(path) }
    connections.beginDraining()
    if end == .gracefulShutdown {
      connections.tell(ChannelShouldQuiesceEvent())
      await connections.drained.wait(atMost: Self.drainLimit)
    }
    connections.closeAll()
    if end == .closed { await goWithout("it closed by itself") }
  }

  private struct PathTooLong: Error, CustomStringConvertible {
    let bytes: Int
    var description: String {
      "its path has \(bytes) bytes and a socket takes \(maximumPathBytes); choose a shorter state_directory"
    }
  }

  private func open() async throws -> any Channel {
    switch place {
    case .passed(let descriptor): return try await bootstrap.withBoundSocket(descriptor).get()
    case .path(let path):
      guard path.utf8.count <= Self.maximumPathBytes else { throw PathTooLong(bytes: path.utf8.count) }
      let listener = try await bootstrap.bind(unixDomainSocketPath: path, cleanupExistingSocketFile: true).get()
      // Until this is done strangers may connect; they are told no by name.
      if chmod(path, 0o600) != 0 { logger.warning("The admin socket's mode cannot be set to 0600.") }
      return listener
    }
  }

  private var bootstrap: ServerBootstrap {
    ServerBootstrap(group: group)
      .serverChannelInitializer { [connections, logger] channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            AcceptFailureHandler(headroom: Self.headroom, connections: connections, logger: logger),
            ConnectionLimitHandler(
              limit: ConnectionLimit(Self.maximumConnections), connections: connections, logger: logger))
        }
      }
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      .childChannelInitializer(serve)
  }

  @Sendable private func serve(_ channel: any Channel) -> EventLoopFuture<Void> {
    guard connections.opened(channel) else { return channel.eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
    let ready = http1.setup(channel: channel, logger: logger)
    ready.whenComplete { result in
      guard case .success(let served) = result else { return connections.closed(channel) }
      Task {
        await http1.handle(value: served, logger: logger)
        try? await channel.closeFuture.get()
        connections.closed(channel)
      }
    }
    return ready.map { _ in }
  }

  private func goWithout(_ reason: String) async {
    logger.audit(
      .adminSocketMissing, "There is no admin socket, so commands cannot act on this daemon: \(reason).",
      [.file: "\(place)"])
    decided.resolve(.success(()))
    try? await gracefulShutdown()
  }
}

extension AdminSocket.Place: CustomStringConvertible {
  /// Its path, or which descriptor it is.
  public var description: String {
    switch self {
    case .path(let path): path
    case .passed(let descriptor): "passed as descriptor \(descriptor)"
    }
  }
}

/// What a command asks of the daemon.
public struct AdminRequest: Sendable {
  /// The operation's name.
  public var operation: String
  /// The operation itself, JSON.
  public var body: [UInt8]
  /// The login name of the user whose command it is.
  public var user: String
}

/// What the daemon answers.
public struct AdminAnswer: Sendable {
  /// The HTTP status.
  public var status: Int
  /// What came of it, JSON.
  public var body: [UInt8]

  /// An answer with its parts.
  public init(status: Int, body: [UInt8]) {
    self.status = status
    self.body = body
  }
}
