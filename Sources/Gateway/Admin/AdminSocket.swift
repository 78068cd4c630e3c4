import Hummingbird
import HummingbirdCore
public import Logging
public import NIOCore
import Reconciliation
public import ServiceLifecycle

#if canImport(Glibc)
  import Glibc
#endif

/// An operator's way into the running daemon: a Unix socket that takes `POST /operations/<name>` with a JSON body.
///
/// The kernel vouches for who is at the other end; only root and the user that the daemon runs as are heard. Graceful shutdown lets
/// operations in flight finish. A socket that cannot be opened is told and is no reason to stop: callbacks matter more than operators.
public struct AdminSocket: Service {
  /// The longest path that the kernel takes for a socket, in bytes (`man 7 unix`: 108 with the zero behind it).
  public static let maximumPathBytes = 107
  /// Commands that are connected at once. More wait in the kernel's backlog.
  static let maximumConnections = 32
  /// The largest request body, in bytes: a thousand inbox rows to be replayed have some 20 KiB.
  static let maximumBodyBytes = 256 * 1024
  /// How long a command may take to send its request.
  static let requestIdleLimit = TimeAmount.seconds(30)

  /// Does what a request asks for.
  public typealias Perform = @Sendable (AdminRequest) async -> AdminAnswer

  private let path: String
  private let perform: Perform
  private let group: any EventLoopGroup
  private let logger: Logger
  private let decided = OneShot<Void>()

  /// - Parameters:
  ///   - path: where the socket is made. What lies there is taken for the socket of a daemon that ended, and replaced: whoever calls this
  ///     holds the directory's lock.
  ///   - group: the event loops that serve connections.
  ///   - logger: told when the socket cannot be opened.
  ///   - perform: does what a request asks for.
  public init(path: String, group: any EventLoopGroup, logger: Logger, perform: @escaping Perform) {
    self.path = path
    self.perform = perform
    self.group = group
    self.logger = logger
  }

  /// Waits until it listens, or has told why it cannot.
  /// - Throws: what says that it never will, when ``run()`` ended first, or `CancellationError`.
  public func opened() async throws { try await decided.value() }

  /// Listens until graceful shutdown or cancellation.
  public func run() async throws {
    defer { decided.resolve(.failure(GatewayError.stopped)) }
    guard path.utf8.count <= Self.maximumPathBytes else {
      return await goWithout(
        "its path has \(path.utf8.count) bytes and a socket takes \(Self.maximumPathBytes); choose a shorter state_directory"
      )
    }
    do {
      try await application.run()
      unlink(path)
    } catch {
      await goWithout("\(error)")
    }
  }

  private var application: some Service {
    // What Hummingbird says of its own start is of no use beside the daemon's "Ready".
    var quiet = logger
    quiet.logLevel = max(logger.logLevel, .warning)
    return Application(
      responder: AdminResponder(perform: perform),
      server: .http1(configuration: HTTP1Channel.Configuration(idleTimeout: Self.requestIdleLimit)),
      configuration: ApplicationConfiguration(
        address: .unixDomainSocket(path: path),
        availableConnectionsDelegate: MaximumAvailableConnections(Self.maximumConnections)),
      onServerRunning: { [path, logger, decided] _ in
        // Until this is done strangers may connect; they are told no by name.
        if chmod(path, 0o600) != 0 { logger.warning("The admin socket's mode cannot be set to 0600.") }
        decided.resolve(.success(()))
      },
      eventLoopGroupProvider: .shared(group), logger: quiet)
  }

  private func goWithout(_ reason: String) async {
    logger.audit(
      .adminSocketMissing, "There is no admin socket, so commands cannot act on this daemon: \(reason).",
      [.file: path])
    decided.resolve(.success(()))
    try? await gracefulShutdown()
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
