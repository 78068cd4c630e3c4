import Daraja
import Hummingbird
import NIOCore
import Payments

/// What keeps an open page true.
extension CheckoutEndpoints {
  /// How long a browser waits before it connects again, in milliseconds.
  private static let retryMilliseconds = 3_000
  /// Behind the moment at which a state changes, so that the clock has passed it for certain.
  private static let slack = Duration.milliseconds(50)

  /// `GET /checkout/{token}/state`: the changing part of the page, for a script that gets no events.
  func state(_ visit: CheckoutVisit) async throws -> Response {
    var visit = visit
    visit.links = visit.links.seenFromPage
    guard let (view, _) = try await view(visit) else { return try unknown(visit.language, visit.links) }
    return Response(.ok, try value(view))
  }

  /// `GET /checkout/{token}/events`: the same as server-sent events: at once, and after each change.
  ///
  /// It follows the order and not one transaction, so that a page on which nothing happened yet learns of a prompt sent from another one.
  func events(_ visit: CheckoutVisit) async throws -> Response {
    guard try await view(visit) != nil else { return try unknown(visit.language, visit.links) }
    let place = try parts.places.take(for: visit.caller.user)
    let ticks = parts.feed.changes(ofOrder: visit.order.id)
    var visit = visit
    // What the stream writes is shown by the page, which stands one step above.
    visit.links = visit.links.seenFromPage
    let seen = visit
    var headers = SecurityHeaders.fields
    headers[.contentType] = ServerSentEvent.contentType
    headers[named: "referrer-policy"] = "no-referrer"
    headers[named: "x-accel-buffering"] = "no"
    let body = ResponseBody { writer in
      try await write(seen, ticks: ticks, to: &writer)
      try await writer.finish(nil)
      withExtendedLifetime(place) {}
    }
    return Response(status: .ok, headers: headers, body: body)
  }

  private func write(
    _ visit: CheckoutVisit, ticks: AsyncStream<Void>, to writer: inout any ResponseBodyWriter
  ) async throws {
    try await writer.write(ServerSentEvent.retry(milliseconds: Self.retryMilliseconds))
    let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let helpers = [
      Task {
        for await _ in ticks { wake.yield() }
        wake.finish()
      },
      Task {
        while (try? await Task.sleep(for: parts.heartbeat)) != nil { wake.yield() }
      },
      Task {
        guard (try? await Task.sleep(for: parts.lifetime)) != nil else { return }
        wake.finish()
      },
    ]
    defer { for helper in helpers { helper.cancel() } }
    var alarm: Task<Void, Never>?
    defer { alarm?.cancel() }
    var shown: String?
    wake.yield()
    var number: Int64 = 0
    for await _ in wakes {
      guard let (view, standing) = try await view(visit) else { return }
      if standing.canBeAsked, let transaction = standing.transaction {
        await parts.asking.watch(transaction.id, for: visit.caller.user)
      }
      if view.version == shown {
        try await writer.write(ServerSentEvent.heartbeat)
      } else {
        number += 1
        try await writer.write(ServerSentEvent.event("state", id: number, data: try value(view)))
        shown = view.version
      }
      if standing.state.isFinal { return }
      alarm?.cancel()
      alarm = standing.nextChange.map { change in
        Task {
          let wait = Duration.microseconds(max(0, change - parts.timing.now())) + Self.slack
          if (try? await Task.sleep(for: wait)) != nil { wake.yield() }
        }
      }
    }
  }

  private func value(_ view: CheckoutView) throws -> JSONValue {
    .object([
      .init("version", .string(view.version)), .init("state", .string(view.state)),
      .init("title", .string(view.heading)),
      .init("final", .bool(view.isFinal)), .init("html", .string(try files.fragment(view))),
    ])
  }
}
