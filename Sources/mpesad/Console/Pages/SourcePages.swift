import Hummingbird
import NIOCore

/// Who calls at the callback addresses.
enum SourcePages {
  static let all: [ConsolePage] = [.get("/sources", list), .get("/sources.csv", file)]

  private static let header = [
    "address", "network", "verdict", "deliveries", "with token", "wrong token", "refused", "refused with token",
    "first seen", "last seen",
  ]

  @Sendable private static func list(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let query = try request.query(as: SourceListQuery.self)
    let report = try await ListSources().perform(at: request.desk)
    return .page(
      ConsoleView(
        title: "Sources", section: .sources, template: "sources", content: try SourceListView(report, query)))
  }

  /// All of the list: there are never more than some hundreds.
  @Sendable private static func file(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let query = try request.query(as: SourceListQuery.self)
    let wanted = try query.wanted(of: try await ListSources().perform(at: request.desk))
    request.desk.audit.operated(request.desk.actor, "took the list of callers as a file")
    let rows = wanted.map { source in
      [
        PlainText.line(source.address), source.network ?? "", source.verdict.rawValue, "\(source.deliveries)",
        "\(source.withToken)",
        "\(source.wrongToken)", "\(source.refused)", "\(source.refusedWithToken)", source.firstSeen.description,
        source.lastSeen.description,
      ]
    }
    let text = ([header] + rows).map(CSVText.row).joined()
    return .file(
      name: "sources.csv", contentType: "text/csv; charset=utf-8; header=present",
      body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
  }
}
