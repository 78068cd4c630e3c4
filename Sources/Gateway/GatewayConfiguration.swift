/// Where the gateway listens and what it puts up with.
public struct GatewayConfiguration: Sendable {
  /// The name or address to listen on.
  public var host: String
  /// The TCP port to listen on; 0 lets the kernel choose, see ``Gateway/port()``.
  public var port: Int
  /// Sockets that listen already, as socket activation hands them over. They win over ``host`` and ``port``. The gateway
  /// closes its copies when it stops, and never shuts them down: clients wait in their queues for the next one.
  public var listeningDescriptors: [CInt]
  /// With which the gateway speaks TLS; nil where a proxy in front does, or nobody.
  public var tls: TLSIdentity?
  /// Whose X-Forwarded-For is believed at first: the proxies in front. None unless something else is said.
  public var trustedProxies: AddressList
  /// How much clients may take.
  public var limits: GatewayLimits
  /// How long clients may take.
  public var deadlines: GatewayDeadlines

  /// A configuration with the limits and deadlines in use unless something else is said.
  public init(
    host: String = "127.0.0.1", port: Int = 8080, listeningDescriptors: [CInt] = [],
    tls: TLSIdentity? = nil, trustedProxies: AddressList = AddressList(), limits: GatewayLimits = GatewayLimits(),
    deadlines: GatewayDeadlines = GatewayDeadlines()
  ) {
    self.host = host
    self.port = port
    self.listeningDescriptors = listeningDescriptors
    self.tls = tls
    self.trustedProxies = trustedProxies
    self.limits = limits
    self.deadlines = deadlines
  }
}
