import HTTPTypes

/// Every setting, and changing those that live in the settings table.
enum SettingPages {
  static let all: [ConsolePage] = [
    .get("/settings", list),
    ConsolePage(method: .get, path: "/settings/change", role: .operator, action: edit),
    .post("/settings/change", weigh),
    .post("/settings/change/commit", commit),
  ]

  @Sendable private static func list(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let report = try await ListSettings().perform(at: request.desk)
    return .page(
      ConsoleView(title: "Settings", section: .settings, template: "settings", content: SettingsView(report)))
  }

  @Sendable private static func edit(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    struct Query: Decodable { var setting: String? }
    let form = SettingsChange.Form(setting: try request.query(as: Query.self).setting)
    return try await page("settings-change", form, at: request.desk, isFirst: true)
  }

  /// The first step: what it would mean. Secrets are typed in the next one, so that no page holds one.
  @Sendable private static func weigh(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let form = try request.form(as: SettingsChange.Form.self)
    let change = try SettingsChange(form, among: try await ListSettings().perform(at: request.desk).settings)
    do {
      _ = try await ChangeSettings(changes: try change.changes(withSecrets: false), verify: false, isDryRun: true)
        .perform(at: request.desk)
    } catch let error as OperationError where error.kind == .invalid {
      return try await page("settings-change", form, at: request.desk, problem: error)
    }
    return try await page("settings-decision", form, at: request.desk)
  }

  @Sendable private static func commit(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let form = try request.form(as: SettingsChange.Form.self)
    let change = try SettingsChange(form, among: try await ListSettings().perform(at: request.desk).settings)
    do {
      let answer = try await ChangeSettings(
        changes: try change.changes(withSecrets: true), verify: form.verify != nil, reason: form.reason ?? ""
      ).perform(at: request.desk)
      let warnings = answer.warnings.map { " \($0)" }.joined()
      return .redirect(
        to: "/settings",
        notice: "Changed, and in force: \(answer.changed.map(\.name).joined(separator: ", ")).\(warnings)")
    } catch let error as OperationError where error.kind != .failed {
      return try await page("settings-decision", form, at: request.desk, problem: error)
    }
  }

  private static func page(
    _ template: String, _ form: SettingsChange.Form, at desk: OperatorDesk, isFirst: Bool = false,
    problem: OperationError? = nil
  ) async throws -> ConsoleAnswer {
    let records = try await ListSettings().perform(at: desk).settings
    let view = SettingsChangeView(
      try SettingsChange(form, among: records), among: records, isFirst: isFirst, problem: problem)
    return .page(
      ConsoleView(
        title: view.title, section: .settings, template: template, content: view,
        status: problem.map { HTTPResponse.Status(code: $0.status) } ?? .ok))
  }
}
