import Hummingbird
import NIOCore

/// `GET /metrics`: all numbers as Prometheus reads them.
///
/// They are shown to programs on this host, and to staff. A request that came through a proxy is not from this host, whoever its peer
/// is: a proxy in front of mpesad often runs on the same machine.
struct MetricsEndpoint: Sendable {
  let observation: Observation
  let store: StoreMetrics
  let connections: Connections
  let places: StreamPlaces
  let authenticator: Authenticator

  func handle(_ request: Request, _ context: APIContext) async throws -> Response {
    if !isFromThisHost(request, context) {
      let caller = try await authenticator.caller(authorization: request.headers[.authorization])
      guard caller.isStaff else { throw APIError(.forbidden) }
    }
    var families = observation.metrics.snapshot() + ProcessMetrics.families()
    families += await store.families()
    for source in observation.sources { families += await source() }
    families += [
      MetricFamily("mpesad_http_connections", .gauge, Double(connections.count)),
      MetricFamily("mpesad_event_streams", .gauge, Double(places.taken)),
      MetricFamily("mpesad_build_info", .gauge, [.init(1, labels: [("version", observation.version)])]),
    ]
    var headers = SecurityHeaders.fields
    headers[.contentType] = MetricFamily.contentType
    return Response(
      status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: MetricFamily.text(families))))
  }

  private func isFromThisHost(_ request: Request, _ context: APIContext) -> Bool {
    let isForwarded = ["x-forwarded-for", "forwarded", "x-real-ip", "via"].contains {
      request.headers[named: $0] != nil
    }
    return !isForwarded && context.peer.isThisHost
  }
}

extension ClientAddress {
  /// Whether it can only be a program on this host.
  var isThisHost: Bool {
    switch self {
    case .local: true
    case .ip(let address): Self.loopback.contains(.ip(address))
    case .unknown: false
    }
  }

  /// 127.0.0.0/8 and ::1 (RFC 1122, 3.2.1.3; RFC 4291, 2.5.3).
  private static let loopback = AddressList(
    ["127.0.0.0/8", "::1"].compactMap { entry in try? AddressRange(entry) })
}
