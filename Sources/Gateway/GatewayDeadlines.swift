/// How long a client may take, and how long stopping may take. How long an answer takes to make is not bounded here.
public struct GatewayDeadlines: Sendable {
  /// From the opening of a connection, or the first byte of a later request, to the end of the request's header.
  public var header: Duration
  /// From the first byte of a request to its last, however steadily the bytes come.
  public var request: Duration
  /// How long a connection may stay open between requests.
  public var idle: Duration
  /// How long a connection may stay idle while others wait for room.
  public var idleWhenFull: Duration
  /// How long a client may take nothing of an answer.
  public var writeStall: Duration
  /// How long the rest of a client's bytes are read and dropped after the last answer, so that the answer is not lost
  /// to a reset.
  public var linger: Duration
  /// When stopping: how long clients are told `Connection: close` before idle connections are closed.
  public var drainNotice: Duration
  /// When stopping: how long requests in flight may take after that, before their connections are closed.
  public var drainLimit: Duration
  /// The longest silence on a stream of server-sent events: proxies cut connections on which nothing comes, usually after 60 s.
  public var streamHeartbeat: Duration
  /// How long a stream stays open; clients then connect again.
  public var streamLifetime: Duration

  /// The deadlines in use unless something else is configured.
  public init(
    header: Duration = .seconds(5), request: Duration = .seconds(15), idle: Duration = .seconds(60),
    idleWhenFull: Duration = .seconds(2), writeStall: Duration = .seconds(60), linger: Duration = .seconds(2),
    drainNotice: Duration = .milliseconds(500), drainLimit: Duration = .seconds(20),
    streamHeartbeat: Duration = .seconds(15), streamLifetime: Duration = .seconds(600)
  ) {
    self.header = header
    self.request = request
    self.idle = idle
    self.idleWhenFull = idleWhenFull
    self.writeStall = writeStall
    self.linger = linger
    self.drainNotice = drainNotice
    self.drainLimit = drainLimit
    self.streamHeartbeat = streamHeartbeat
    self.streamLifetime = streamLifetime
  }
}
