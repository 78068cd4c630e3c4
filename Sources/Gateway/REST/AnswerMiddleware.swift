import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOHTTP1
import Store

/// Turns whatever goes wrong into the one shape of errors, and notes each request for debugging, by its route and never
/// by its path or query: those may hold tokens.
struct AnswerMiddleware: RouterMiddleware {
  let endpoints: Endpoints
  let meters: GatewayMeters

  func handle(
    _ request: Request, context: APIContext, next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    let began = NIODeadline.now()
    let response: Response
    do {
      response = try await answer(request, context, next)
    } catch {
      let known = self.error(for: error, request: request)
      if known.code == .internalError {
        context.logger.error(
          "A request failed", metadata: ["route": "\(route(context))", "error": "\(ErrorText.of(error))"])
      }
      response = Response(known)
    }
    meters.count(
      request.method, route: route(context), status: response.status.code,
      nanoseconds: (NIODeadline.now() - began).nanoseconds)
    context.logger.debug(
      "Request answered",
      metadata: [
        "method": "\(request.method.rawValue)", "route": "\(route(context))", "status": "\(response.status.code)",
      ])
    return response
  }

  /// What the router answers, or whoever has the addresses that it does not know.
  private func answer(
    _ request: Request, _ context: APIContext, _ next: (Request, APIContext) async throws -> Response
  ) async throws -> Response {
    do {
      return try await next(request, context)
    } catch let error as HTTPError where error.status == .notFound {
      guard let elsewhere = endpoints.elsewhere.first(where: { $0.matches(request.uri.path) }) else { throw error }
      return try await elsewhere.action(request, context)
    }
  }

  /// The endpoint's path, or a word for all addresses that are none.
  private func route(_ context: APIContext) -> String {
    guard let path = context.endpointPath, path.hasPrefix("/") else { return "none" }
    return path
  }

  private func error(for error: any Error, request: Request) -> APIError {
    switch error {
    case let error as APIError: error
    case let error as StoreError: APIError(error)
    case is HTTPParserError: APIError(.malformedRequest)
    case let error as HTTPError: self.error(for: error, request: request)
    default: APIError(.internalError)
    }
  }

  /// Hummingbird's own errors: an address or a method that it does not know.
  private func error(for error: HTTPError, request: Request) -> APIError {
    guard error.status == .notFound else {
      return APIError(error.status.code < 500 ? .malformedRequest : .internalError)
    }
    let methods = endpoints.methods(at: request.uri.path)
    guard !methods.isEmpty else { return APIError(.notFound) }
    return APIError(.methodNotAllowed, headers: [.allow: methods.map(\.rawValue).joined(separator: ", ")])
  }
}
