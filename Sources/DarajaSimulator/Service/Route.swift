/// What a request asks for.
enum Route: Equatable {
  case token
  /// OAuth by POST: answered 200 with an empty object, as merchants have reported of the real one.
  case tokenByPost
  case push
  case query
  case control(ControlRoute)
  case methodNotAllowed(control: Bool)
  case notFound(control: Bool)

  init(method: String, path: String) {
    let segments = path.split(separator: "/").map(String.init)
    if segments.first == "simulator" {
      self = ControlRoute.route(method: method, segments: Array(segments.dropFirst()))
      return
    }
    switch (segments, method) {
    case (["oauth", "v1", "generate"], "GET"): self = .token
    case (["oauth", "v1", "generate"], "POST"): self = .tokenByPost
    case (["mpesa", "stkpush", "v1", "processrequest"], "POST"): self = .push
    case (["mpesa", "stkpushquery", "v1", "query"], "POST"): self = .query
    case (["oauth", "v1", "generate"], _), (["mpesa", "stkpush", "v1", "processrequest"], _),
      (["mpesa", "stkpushquery", "v1", "query"], _):
      self = .methodNotAllowed(control: false)
    default: self = .notFound(control: false)
    }
  }
}

/// The simulator's own endpoints, under `/simulator`.
enum ControlRoute: Equatable {
  case status
  case stories
  case events
  case customers
  case program(phone: String)
  case forget(phone: String)

  static func route(method: String, segments: [String]) -> Route {
    switch (segments.first, segments.count, method) {
    case (nil, 0, "GET"): return .control(.status)
    case ("stories", 1, "GET"): return .control(.stories)
    case ("events", 1, "GET"): return .control(.events)
    case ("customers", 1, "GET"): return .control(.customers)
    case ("customers", 2, "PUT"): return .control(.program(phone: segments[1]))
    case ("customers", 2, "DELETE"): return .control(.forget(phone: segments[1]))
    case (nil, 0, _), ("stories", 1, _), ("events", 1, _), ("customers", 1...2, _):
      return .methodNotAllowed(control: true)
    default: return .notFound(control: true)
    }
  }
}
