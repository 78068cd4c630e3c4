import Daraja
import HTTPTypes
import Hummingbird
import Payments
import Reconciliation

/// `GET /api/payments/transactions/{id}/events`: a payment as it happens, as server-sent events.
///
/// The newest line of the timeline comes at once, then each further one, with the transaction as it stands. The stream ends when the
/// payment is completed or failed, and after ``GatewayDeadlines/streamLifetime`` in any case; browsers connect again by themselves and
/// name the last line they have. When there is none to come, the answer is 204, which tells them to stop.
struct EventsEndpoint: Sendable {
  let ledger: any TransactionStream.Ledger
  let asking: any Asking
  let feed: TransactionFeed
  let places: StreamPlaces
  let heartbeat: Duration
  let lifetime: Duration

  func handle(_ request: Request, _ context: APIContext) async throws -> Response {
    let transaction = try await ledger.transaction(of: context)
    let last = ServerSentEvent.lastID(request.headers[named: "last-event-id"])
    if let last, transaction.isOver,
      try await ledger.timeline(of: transaction.id, after: last, limit: 1).isEmpty
    {
      return Response(status: .noContent, headers: SecurityHeaders.fields)
    }
    let stream = TransactionStream(
      id: transaction.id, ledger: ledger, isForStaff: context.caller.isStaff, heartbeat: heartbeat, lifetime: lifetime,
      place: try places.take(for: context.caller.user)
    ) { [asking, caller = context.caller.user] id in await asking.watch(id, for: caller) }
    let ticks = feed.changes(of: transaction.id)
    var headers = SecurityHeaders.fields
    headers[.contentType] = ServerSentEvent.contentType
    // Tells nginx to pass each event on at once.
    headers[named: "x-accel-buffering"] = "no"
    let body = ResponseBody { writer in
      try await stream.write(after: last, ticks: ticks, to: &writer)
      try await writer.finish(nil)
    }
    return Response(status: .ok, headers: headers, body: body)
  }
}
