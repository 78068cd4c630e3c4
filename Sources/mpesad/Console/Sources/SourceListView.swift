/// Which callers a list shows, as its address says it.
struct SourceListQuery: Decodable, Hashable, Sendable {
  /// Rows of a page.
  static let pageLength = 50

  /// What the addresses are taken for; nil for all.
  var verdict: String?
  /// The address that the page begins behind.
  var after: String?

  var path: String { "/sources" + text }
  /// Its file's.
  var filePath: String { "/sources.csv" + SourceListQuery(verdict: verdict).text }

  private var text: String { QueryText.text([("verdict", verdict), ("after", after)]) }

  /// The callers that are wanted.
  /// - Throws: ``OperationError`` where there is no such list.
  func wanted(of report: SourceReport) throws -> [SourceReport.Source] {
    guard let verdict else { return report.sources }
    guard let known = SourceReport.Source.Verdict(rawValue: verdict) else {
      throw OperationError(.invalid, "There is no such list of callers.")
    }
    return report.sources.filter { $0.verdict == known }
  }
}

/// What the page with the callers shows.
struct SourceListView: Sendable {
  struct Row: Sendable {
    var address: String
    /// The entry of the list that holds it, where that is another text.
    var network: String?
    var verdict: String
    var mood: String
    var deliveries: String
    var withToken: String
    var wrongToken: String
    /// With no token at all, to the bare address.
    var bare: String
    var refused: String
    var first: ShownTime
    var last: ShownTime
  }

  var tabs: [ShownTab]
  /// What each verdict means, and what to do about it.
  var verdicts: [ShownFact]
  var facts: [ShownFact]
  var advice: [String]
  var rows: [Row]
  var isEmpty: Bool
  var isNarrowed: Bool
  var firstHref: String?
  var nextHref: String?
  var fileHref: String

  init(_ report: SourceReport, _ query: SourceListQuery) throws {
    let wanted = try query.wanted(of: report)
    let start = query.after.flatMap { last in wanted.firstIndex { $0.address == last }.map { $0 + 1 } } ?? 0
    let shown = wanted[start...].prefix(SourceListQuery.pageLength)
    tabs =
      [ShownTab(title: "All", href: "/console" + SourceListQuery().path, isCurrent: query.verdict == nil)]
      + SourceReport.Source.Verdict.allCases.map { verdict in
        ShownTab(
          title: verdict.title,
          href: "/console" + SourceListQuery(verdict: verdict.rawValue).path,
          isCurrent: query.verdict == verdict.rawValue,
          count: report.sources.count { $0.verdict == verdict }.nonzero)
      }
    verdicts = SourceReport.Source.Verdict.allCases.map { ShownFact($0.title, $0.meaning) }
    facts = [
      ShownFact(
        "Policy", "\(report.policy). \(Self.policy(report.policy))",
        href: "/console/settings#group-callbacks"),
      ShownFact("The list", report.list.joined(separator: ", ")), ShownFact("It comes from", report.listOrigin),
    ]
    advice = report.advice
    rows = shown.map { Row($0) }
    isEmpty = rows.isEmpty
    isNarrowed = query.verdict != nil
    firstHref = start == 0 ? nil : "/console" + SourceListQuery(verdict: query.verdict).path
    nextHref =
      shown.endIndex < wanted.endIndex
      ? "/console" + SourceListQuery(verdict: query.verdict, after: shown.last?.address).path : nil
    fileHref = "/console" + query.filePath
  }

  private static func policy(_ policy: String) -> String {
    switch policy {
    case "enforce": "Who is not on the list is refused."
    case "log": "Everybody may call; who is not on the list is noted."
    default: "Everybody may call, and nobody is noted."
    }
  }
}

extension SourceListView.Row {
  init(_ source: SourceReport.Source) {
    self.init(
      address: PlainText.line(source.address), network: source.network == source.address ? nil : source.network,
      verdict: source.verdict.rawValue,
      mood: source.verdict.mood, deliveries: "\(source.deliveries)", withToken: "\(source.withToken)",
      wrongToken: "\(source.wrongToken)",
      bare: "\(max(source.deliveries - source.withToken - source.wrongToken, 0))", refused: "\(source.refused)",
      first: ShownTime(source.firstSeen), last: ShownTime(source.lastSeen))
  }
}

extension SourceReport.Source.Verdict {
  fileprivate var title: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }

  /// What it looks like.
  fileprivate var mood: String {
    switch self {
    case .authentic: "ok"
    case .unlisted: "warning"
    case .forging: "failed"
    case .listed, .stranger, .others: ""
    }
  }

  /// What it means, and what to do about it.
  fileprivate var meaning: String {
    switch self {
    case .authentic: "It knows payments' tokens, as only Safaricom does. Nothing to do."
    case .unlisted: "It knows tokens and is not on the list. Add it to the list, or name your proxy in trusted_proxies."
    case .forging: "It makes tokens up. Nothing it sends is believed; block it in your firewall if it goes on."
    case .stranger: "It proves nothing, so nothing it sends is believed until Safaricom confirms. Nothing to do."
    case .listed: "It is on the list, and has not delivered with a token yet. Nothing to do."
    case .others: "Strangers that are no longer told apart."
    }
  }
}

extension Int {
  fileprivate var nonzero: Int? { self == 0 ? nil : self }
}
