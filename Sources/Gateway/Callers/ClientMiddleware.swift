import HTTPTypes
import Hummingbird

/// Finds out who calls through a trusted proxy.
struct ClientMiddleware: RouterMiddleware {
  private static let forwardedFor = HTTPField.Name("x-forwarded-for")

  private static let forwardedProtocol = HTTPField.Name("x-forwarded-proto")

  let proxies: TrustedProxies

  func handle(
    _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    let proxies = proxies.current
    if let name = Self.forwardedProtocol, proxies.contains(context.client) {
      context.isForwardedSecurely = request.headers[name]?.lowercased() == "https"
    }
    if let name = Self.forwardedFor, proxies.contains(context.client) {
      context.client = ClientAddress(
        peer: context.client, forwardedFor: request.headers[values: name], trusting: proxies)
    }
    return try await next(request, context)
  }
}
