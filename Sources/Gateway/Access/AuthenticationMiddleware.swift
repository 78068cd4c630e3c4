import Hummingbird

/// Lets a request through when its token proves a user.
struct AuthenticationMiddleware: RouterMiddleware {
  let authenticator: Authenticator

  func handle(
    _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    var context = context
    context.caller = try await authenticator.caller(authorization: request.headers[.authorization])
    return try await next(request, context)
  }
}
