import Hummingbird
import Store

/// `GET /healthz` and `GET /readyz`: whether the process works, and whether it can take callbacks. Say nothing else, since anybody may
/// ask.
struct HealthEndpoints: Sendable {
  /// A batch of the writer's that takes longer than this will not end by itself. A slow disk takes seconds at worst.
  static let patience = Duration.seconds(30)

  let store: any PaymentStore & WritePath
  let connections: Connections

  /// `GET /healthz`: the process answers, a database that is open can be read, and the writer gets on. What fails here a restart may mend.
  func health(_ request: Request, _ context: APIContext) async throws -> Response {
    let path = store.writePath
    if let busy = path.busyFor, busy > Self.patience {
      throw APIError(
        .storeUnavailable, "The writer has been busy with one batch for \(busy.components.seconds) seconds.")
    }
    // A database that cannot be opened is no reason to restart: callbacks are taken into the spool, and it is tried again.
    guard path.isOpen else { return Self.answer("ok") }
    // The cheapest question that goes to the database: one look into an index.
    _ = try await store.nextParkedDue()
    return Self.answer("ok")
  }

  /// `GET /readyz`: a callback sent now would be taken and made durable in the database. What fails here a restart does not mend.
  func readiness(_ request: Request, _ context: APIContext) async throws -> Response {
    let path = store.writePath
    guard !connections.isDraining, !path.isClosed else { throw APIError(.stopping, retryAfter: .seconds(2)) }
    if path.failure != nil {
      // The database is tried when something is to be written, and a balancer that believes this answer sends nothing more.
      try await store.tryWriting()
    }
    _ = try await store.nextParkedDue()
    return Self.answer("ready")
  }

  private static func answer(_ word: String) -> Response {
    Response(.ok, .object([.init("status", .string(word))]))
  }
}
