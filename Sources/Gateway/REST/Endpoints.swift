public import HTTPTypes
public import Hummingbird

/// One address of the house and what answers there.
public struct Endpoint: Sendable {
  /// What answers.
  public typealias Action = @Sendable (Request, APIContext) async throws -> Response

  let method: HTTPRequest.Method
  /// Segments of the path; one that begins with a colon stands for any. A trailing slash is optional everywhere.
  let path: String
  /// Whether a token is asked for.
  let needsUser: Bool
  let action: Action

  /// - Parameters:
  ///   - method: the method that it takes; HEAD comes with GET.
  ///   - path: segments; one that begins with a colon stands for any.
  ///   - needsUser: whether a token of the API is asked for.
  ///   - action: what answers. Whatever it throws is answered with the API's JSON.
  public init(_ method: HTTPRequest.Method, _ path: String, needsUser: Bool = true, _ action: @escaping Action) {
    self.method = method
    self.path = path
    self.needsUser = needsUser
    self.action = action
  }

  /// Whether a request's path is one of this endpoint's.
  func matches(_ requested: String) -> Bool {
    let wanted = path.split(separator: "/")
    let given = requested.split(separator: "/")
    return wanted.count == given.count && zip(wanted, given).allSatisfy { $0.hasPrefix(":") || $0 == $1 }
  }
}

/// What answers at the addresses below one that no endpoint has, and to methods that none takes there.
public struct Elsewhere: Sendable {
  /// The address, without a slash at its end.
  let below: String
  let action: Endpoint.Action

  /// - Parameter below: the address that it is about, and all that begin with it and a slash.
  public init(below: String, _ action: @escaping Endpoint.Action) {
    self.below = below
    self.action = action
  }

  func matches(_ requested: String) -> Bool { requested == below || requested.hasPrefix(below + "/") }
}

/// The API's addresses as a Hummingbird responder.
struct Endpoints: Sendable {
  let all: [Endpoint]
  /// What answers where none of them does, instead of the API's errors.
  var elsewhere: [Elsewhere] = []

  /// A router over all endpoints, with the client known, tokens checked where they are needed and every error in the one shape.
  func responder(
    authenticator: Authenticator, proxies: TrustedProxies, meters: GatewayMeters
  ) -> some HTTPResponder<APIContext> {
    let router = Router(context: APIContext.self, options: [.autoGenerateHeadEndpoints])
    router.add(middleware: ClientMiddleware(proxies: proxies))
    router.add(middleware: AnswerMiddleware(endpoints: self, meters: meters))
    let open = router.group()
    let guarded = router.group().add(middleware: AuthenticationMiddleware(authenticator: authenticator))
    for endpoint in all {
      (endpoint.needsUser ? guarded : open).on(RouterPath(endpoint.path), method: endpoint.method, use: endpoint.action)
    }
    return router.buildResponder()
  }

  /// The methods that an address takes, for the Allow header; empty when there is no such address.
  func methods(at path: String) -> [HTTPRequest.Method] {
    var found = all.filter { $0.matches(path) }
    // As in the router, a path that is spelt out stands before one with a parameter.
    let spelt = found.filter { !$0.path.contains(":") }
    if !spelt.isEmpty { found = spelt }
    var methods = found.map(\.method)
    if methods.contains(.get) { methods.append(.head) }
    return methods
  }
}
