import Hummingbird
import Store

/// `GET /healthz`: whether the process answers and its store can be read. Says nothing else, since anybody may ask.
struct HealthEndpoint: Sendable {
  let store: any PaymentStore

  func handle(_ request: Request, _ context: APIContext) async throws -> Response {
    // The cheapest question that goes to the database: one look into an index.
    _ = try await store.nextParkedDue()
    return Response(.ok, .object([.init("status", .string("ok"))]))
  }
}
