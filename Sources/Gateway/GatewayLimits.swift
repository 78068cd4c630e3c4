/// How much one client, and all of them together, may take.
public struct GatewayLimits: Sendable {
  /// Open connections at once. Beyond it accepting pauses and new clients wait in the kernel's backlog: a callback is
  /// delivered once, so that making its sender wait a little is better than refusing it.
  public var connections: Int
  /// The largest callback body, in bytes. Real ones have about 435 (seen in live traffic).
  public var callbackBodyBytes: Int
  /// The largest body of a callback whose address proves nothing, in bytes: anybody may post it, and it is kept. Safaricom's results have some
  /// 700 bytes at most (seen in live traffic).
  public var unprovenBodyBytes: Int
  /// The largest body of any other request, in bytes.
  public var requestBodyBytes: Int
  /// Request line and header fields together, in bytes.
  public var headerBytes: Int
  /// Header fields of one request.
  public var headerFields: Int
  /// Open streams of server-sent events at once. Each holds a connection, so that they must stay well below ``connections``.
  public var streams: Int
  /// Open streams of one user at once: a few tabs and phones.
  public var streamsPerUser: Int

  /// The limits in use unless something else is configured.
  public init(
    connections: Int = 1_000, callbackBodyBytes: Int = 64 * 1024, unprovenBodyBytes: Int = 4 * 1024,
    requestBodyBytes: Int = 16 * 1024, headerBytes: Int = 16 * 1024, headerFields: Int = 100,
    streams: Int = 250, streamsPerUser: Int = 10
  ) {
    self.connections = connections
    self.callbackBodyBytes = callbackBodyBytes
    self.unprovenBodyBytes = unprovenBodyBytes
    self.requestBodyBytes = requestBodyBytes
    self.headerBytes = headerBytes
    self.headerFields = headerFields
    self.streams = streams
    self.streamsPerUser = streamsPerUser
  }
}
