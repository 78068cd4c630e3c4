import Hummingbird
import NIOCore
import Store

/// What people did.
enum AuditPages {
  static let all: [ConsolePage] = [.get("/audit", list), .get("/audit.csv", file)]

  private static let pageLength = 50
  /// Lines in one file at most.
  private static let fileLimit = 100_000

  struct Query: Decodable { var before: Int64? }

  struct Row: Sendable {
    var at: ShownTime
    var actor: String
    var what: String
    var transaction: String?
    var why: String?
  }

  struct Content: Sendable {
    var rows: [Row]
    var isEmpty: Bool
    var nextHref: String?
    var firstHref: String?
  }

  @Sendable private static func list(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let before = try request.query(as: Query.self).before
    let found = try await request.desk.store.actions(before: before, limit: pageLength)
    let rows = found.map {
      Row(
        at: ShownTime($0.at), actor: PlainText.line($0.actor), what: PlainText.line($0.what),
        transaction: $0.transaction.map { "\($0)" }, why: $0.why.map { PlainText.line($0) })
    }
    let next = found.count == pageLength ? found.last.map { "/console/audit?before=\($0.id)" } : nil
    return .page(
      ConsoleView(
        title: "Audit", section: .audit, template: "audit",
        content: Content(
          rows: rows, isEmpty: rows.isEmpty, nextHref: next, firstHref: before == nil ? nil : "/console/audit")))
  }

  @Sendable private static func file(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let store = request.desk.store
    request.desk.audit.operated(request.desk.actor, "took the trail of operators as a file")
    return .file(
      name: "audit.csv", contentType: "text/csv; charset=utf-8; header=present",
      body: ResponseBody { writer in
        try await writer.write(ByteBuffer(string: CSVText.row(["at", "actor", "what", "payment", "why"])))
        var (last, left) = (Int64?.none, fileLimit)
        while left > 0 {
          let found = try await store.actions(before: last, limit: min(BrowsingLimit.page, left))
          let rows = found.map {
            CSVText.row([
              ShownTime($0.at).iso, $0.actor, $0.what, $0.transaction.map { "\($0)" } ?? "", $0.why ?? "",
            ])
          }.joined()
          guard !rows.isEmpty else { break }
          try await writer.write(ByteBuffer(string: rows))
          left -= found.count
          last = found.last?.id
        }
        try await writer.finish(nil)
      })
  }
}
