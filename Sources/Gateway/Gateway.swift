import Daraja
public import Logging
public import NIOCore
public import Payments
public import Reconciliation
public import ServiceLifecycle
public import Store

/// What the gateway needs of a store.
public typealias GatewayStore = PaymentStore & WritePath & TimelineReading & BrowsingStore

/// The house's HTTP side: takes callbacks, and serves the API.
///
/// Runs until its service group shuts down gracefully or its task is cancelled. A graceful shutdown closes the
/// listening socket first, tells clients `Connection: close` for a moment, closes idle connections, lets requests in
/// flight finish, and returns.
public struct Gateway: Service {
  private let configuration: GatewayConfiguration
  private let group: any EventLoopGroup
  private let logger: Logger
  private let connections: Connections
  private let connectionLimit: ConnectionLimit
  private let proxies: TrustedProxies
  private let pipeline: ConnectionPipeline
  private let feed: TransactionFeed
  let endpoints: Endpoints
  private let bound = OneShot<SocketAddress?>()

  /// - Parameters:
  ///   - configuration: where to listen, limits and deadlines.
  ///   - store: where callbacks become durable, and orders and transactions are.
  ///   - prompting: sends prompts.
  ///   - asking: asks Safaricom about a payment somebody waits for.
  ///   - tokens: tells whose own address a callback came to.
  ///   - gate: says whose callbacks are taken.
  ///   - authenticator: checks the tokens of the API's users.
  ///   - idempotency: where requests with a key, and their answers, become durable.
  ///   - requestLimits: how often pushes may be started and questions be put.
  ///   - checkout: where shoppers pay; nil where they do not.
  ///   - observation: what is shown of the house.
  ///   - pages: what else answers here: the console.
  ///   - elsewhere: what answers at addresses that are none.
  ///   - timing: the clocks.
  ///   - logger: gets what concerns the operator; requests at debug level. Never a token, a query or a
  ///     whole phone number.
  ///   - group: the event loops that serve connections; not shut down by the gateway.
  public init(
    configuration: GatewayConfiguration, store: any GatewayStore, prompting: any Prompting, asking: any Asking,
    tokens: CallbackTokens, gate: CallbackGate, authenticator: Authenticator, idempotency: any IdempotencyStore,
    requestLimits: RequestLimits = RequestLimits(), checkout: CheckoutAddresses? = nil,
    observation: Observation = Observation(), pages: [Endpoint] = [], elsewhere: [Elsewhere] = [],
    timing: Timing, logger: Logger,
    group: any EventLoopGroup
  ) {
    self.configuration = configuration
    self.group = group
    self.logger = logger
    let connections = Connections()
    self.connections = connections
    connectionLimit = ConnectionLimit(
      configuration.limits.connections, listeners: configuration.listeningDescriptors.count)
    proxies = TrustedProxies(configuration.trustedProxies)
    feed = observation.feed
    let bodyLimit = configuration.limits.requestBodyBytes
    let keyed = KeyedRequests(store: idempotency, clock: timing.reading, logger: logger)
    let orders = OrderEndpoints(store: store, keyed: keyed, checkout: checkout, now: timing.now, bodyLimit: bodyLimit)
    let initiate = InitiateEndpoint(
      store: store, prompting: prompting, keyed: keyed, limits: requestLimits, timing: timing, bodyLimit: bodyLimit)
    let status = StatusEndpoint(store: store, asking: asking, limits: requestLimits, timing: timing)
    let transactions = TransactionEndpoints(ledger: store)
    let verify = VerifyEndpoint(store: store, asking: asking, limits: requestLimits, timing: timing)
    let health = HealthEndpoints(store: store, connections: connections)
    let places = StreamPlaces(
      limit: configuration.limits.streams, limitPerUser: configuration.limits.streamsPerUser)
    let events = EventsEndpoint(
      ledger: store, asking: asking, feed: observation.feed, places: places,
      heartbeat: configuration.deadlines.streamHeartbeat,
      lifetime: configuration.deadlines.streamLifetime)
    let metrics = MetricsEndpoint(
      observation: observation, store: StoreMetrics(store: store, now: timing.now), connections: connections,
      places: places, authenticator: authenticator)
    let document = OpenAPIEndpoint(document: OpenAPIDocument(version: observation.version))
    let meters = GatewayMeters(observation.metrics)
    let own = [
      Endpoint(.post, "/api/payments/transactions/initiate_mpesa_payment", initiate.handle),
      Endpoint(.get, "/api/payments/transactions/:id/check_mpesa_status", status.handle),
      Endpoint(.get, "/api/payments/transactions", transactions.list),
      Endpoint(.get, "/api/payments/transactions/:id", transactions.show),
      Endpoint(.post, "/api/payments/transactions/:id/verify", verify.handle),
      Endpoint(.get, "/api/payments/transactions/:id/events", events.handle),
      Endpoint(.post, "/api/orders", orders.create),
      Endpoint(.get, "/api/orders/:id", orders.show),
      Endpoint(.get, "/healthz", needsUser: false, health.health),
      Endpoint(.get, "/readyz", needsUser: false, health.readiness),
      Endpoint(.get, "/metrics", needsUser: false, metrics.handle),
      Endpoint(.get, "/openapi.json", needsUser: false, document.handle),
    ]
    let shopping = checkout.map { addresses in
      CheckoutEndpoints(
        parts: CheckoutEndpoints.Parts(
          store: store, prompting: prompting, asking: asking, addresses: addresses, limits: requestLimits,
          feed: observation.feed, places: places, heartbeat: configuration.deadlines.streamHeartbeat,
          lifetime: configuration.deadlines.streamLifetime, timing: timing, bodyLimit: bodyLimit)
      ).all
    }
    endpoints = Endpoints(all: own + (shopping ?? []) + pages, elsewhere: elsewhere)
    let ingest = IngestContext(
      store: store, tokens: tokens, timing: timing, limits: configuration.limits,
      proxies: proxies, gate: gate, connections: connections, group: group,
      meters: meters, logger: logger)
    pipeline = ConnectionPipeline(
      ingest: ingest,
      responder: endpoints.responder(
        authenticator: authenticator, proxies: proxies, meters: meters),
      configuration: configuration, logger: logger)
  }

  /// The TCP port that it listens on, the first one if there are more; waits until it does.
  /// - Throws: what ``run()`` threw if it never listened, or `CancellationError`.
  public func port() async throws -> Int { try await bound.value()?.port ?? configuration.port }

  /// The IP address that it listens on, the first one if there are more, and perhaps a wildcard; waits until it does.
  /// - Returns: nil where it listens on something else.
  /// - Throws: what ``run()`` threw if it never listened, or `CancellationError`.
  public func address() async throws -> String? { try await bound.value()?.ipAddress }

  /// Believes the X-Forwarded-For of these proxies and of no others, from the next request on.
  public func trust(_ proxies: AddressList) { self.proxies.replace(with: proxies) }

  /// Lets so many connections be open at once from now on. None is closed for it.
  public func limitConnections(to limit: Int) { connectionLimit.change(to: limit) }

  /// Listens and serves.
  /// - Throws: ``GatewayError`` when it cannot listen, or when the listening socket closes by itself.
  public func run() async throws {
    defer { bound.resolve(.failure(GatewayError.stopped)) }
    let listeners: OpenListeners
    do {
      listeners = try await Listener(
        configuration: configuration, group: group, connections: connections, connectionLimit: connectionLimit,
        logger: logger, prepare: pipeline.prepare
      ).open()
    } catch {
      bound.resolve(.failure(error))
      throw error
    }
    for listener in listeners.channels {
      logger.debug("Listening", metadata: ["address": "\(listener.localAddress?.description ?? "unknown")"])
    }
    bound.resolve(.success(listeners.channels.first?.localAddress))
    let end = await listeners.end()
    await listeners.close()
    await drain(patiently: end == .gracefulShutdown)
    if end == .closed { throw GatewayError.listenerClosed(on: configuration.listenAddress) }
  }

  /// Ends the connections. The listening socket is closed: told `Connection: close` while we still accept, clients
  /// would come back to us.
  private func drain(patiently: Bool) async {
    connections.beginDraining()
    feed.finish()
    if patiently {
      await connections.drained.wait(atMost: configuration.deadlines.drainNotice)
      connections.tell(ChannelShouldQuiesceEvent())
      await connections.drained.wait(atMost: configuration.deadlines.drainLimit)
    }
    connections.closeAll()
    // In a task of its own, since this one may be cancelled, and the store must not be closed under a connection.
    await Task { try? await connections.drained.value() }.value
  }
}
