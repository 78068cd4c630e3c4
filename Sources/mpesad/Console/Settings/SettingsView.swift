/// What the page with all settings shows.
struct SettingsView: Sendable {
  struct Row: Sendable {
    var name: String
    var purpose: String
    var value: String
    /// Whether there is anything to show.
    var isSet: Bool
    var source: String
    var mood: String
    /// What a change takes to come into force.
    var effect: String
    /// What is wrong with it, or that prompts wait for it.
    var problem: String?
    /// Further places that have it and do not count.
    var hidden: String?
    /// Where it is changed, where that is not here.
    var elsewhere: String?
    var changeHref: String?
    var changed: String?
  }

  struct Group: Sendable {
    var id: String
    var title: String
    var rows: [Row]
    /// Where those that belong together are changed together; nil where none can be.
    var togetherHref: String?
  }

  var groups: [Group]
  /// What prompts wait for, in a sentence; nil where they can be sent.
  var missing: String?

  init(_ report: SettingsReport) {
    let records = Dictionary(report.settings.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    groups = SettingGroup.allCases.map { group in
      let found = group.settings.compactMap { records[$0.rawValue] }
      let open = found.filter { $0.elsewhere == nil }.map(\.name)
      return Group(
        id: group.rawValue, title: group.title, rows: found.map { Row($0) },
        togetherHref: group == .account && open.count > 1 ? SettingsChange.href(open) : nil)
    }
    let names = report.missing.map(\.name)
    missing = names.isEmpty ? nil : "No prompt can be sent before these are set: \(names.joined(separator: ", "))."
  }
}

extension SettingsView.Row {
  init(_ record: SettingRecord) {
    self.init(
      name: record.name, purpose: record.purpose, value: record.shownValue, isSet: record.value != nil,
      source: record.source, mood: record.source == "default" ? "" : "pending",
      effect: record.isLive ? "live" : "needs a restart",
      problem: record.problem.map { PlainText.line($0) } ?? (record.isMissing ? "Prompts wait for it." : nil),
      hidden: record.hidden.isEmpty ? nil : "Also in, without effect: \(record.hidden.joined(separator: ", "))",
      elsewhere: record.elsewhere.map { PlainText.line($0) },
      changeHref: record.elsewhere == nil ? SettingsChange.href([record.name]) : nil,
      changed: record.changedBy.flatMap { who in
        record.changedAt.map { "Changed \(ShownTime($0).text) by \(PlainText.line(who))" }
      })
  }
}

extension SettingRecord {
  /// The value for people; of a secret only how to tell it from another.
  var shownValue: String {
    guard let value else { return "not set" }
    return isSecret ? "•••••••• (fingerprint \(value))" : PlainText.line(value)
  }
}
