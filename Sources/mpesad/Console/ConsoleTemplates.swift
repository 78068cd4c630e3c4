import Web

/// What the console's pages are made of.
enum ConsoleTemplates {
  /// Every template by its name; the files are in `Assets`.
  static let sources: [String: [UInt8]] = [
    "layout": PackageResources.layout_mustache,
    "gate": PackageResources.gate_mustache,
    "today": PackageResources.today_mustache,
    "audit": PackageResources.audit_mustache,
    "error": PackageResources.error_mustache,
    "decision": PackageResources.decision_mustache,
    "transactions": PackageResources.transactions_mustache,
    "transaction": PackageResources.transaction_mustache,
    "inbox": PackageResources.inbox_mustache,
    "delivery": PackageResources.delivery_mustache,
    "settings": PackageResources.settings_mustache,
    "settings-change": PackageResources.settings_change_mustache,
    "settings-decision": PackageResources.settings_decision_mustache,
    "connection": PackageResources.connection_mustache,
    "sources": PackageResources.sources_mustache,
    "webhooks": PackageResources.webhooks_mustache,
    "webhook": PackageResources.webhook_mustache,
  ]

  static let style = Asset("console.css", PackageResources.console_css)
  static let script = Asset("console.js", PackageResources.console_js)
  static let icon = Asset("console-icon.svg", PackageResources.console_icon_svg)
  static let assets = [style, script, icon]
}

/// What the frame around every page shows.
struct ConsoleFrame {
  struct Entry {
    var title: String
    var path: String
    var isCurrent: Bool
  }

  var title: String
  var menu: [Entry]
  var user: String
  var role: String
  var mayChange: Bool
  var csrf: String
  /// What was just done; nil for nothing.
  var notice: String?
  var style: String
  var script: String
  var icon: String
  /// The page's own content.
  var page: any Sendable

  init(_ view: ConsoleView, session: ConsoleSession, notice: String?) {
    title = view.title
    menu = ConsoleSection.allCases.map {
      Entry(title: $0.title, path: "/console" + $0.path, isCurrent: $0 == view.section)
    }
    user = PlainText.line(session.user)
    role = session.role.rawValue
    mayChange = session.role == .operator
    csrf = session.csrf
    self.notice = notice.map { PlainText.line($0) }
    style = "/console/" + ConsoleTemplates.style.path
    script = "/console/" + ConsoleTemplates.script.path
    icon = "/console/" + ConsoleTemplates.icon.path
    page = view.content
  }
}
