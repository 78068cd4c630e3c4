import Daraja

/// Changes the merchant's settings in the table: all of them, or none.
///
/// It holds secrets, and so never has a description of its own; it travels over the admin socket only.
struct ChangeSettings: Operation {
  static let name = "settings-change"
  static let makesStateDirectory = true

  /// What comes of it.
  struct Answer: Codable, Hashable, Sendable {
    /// What was stored.
    var changed: [SettingRecord]
    /// What prompts wait for still.
    var missing: [SettingsReport.Missing]
    /// What was stored all the same and may not do what is expected.
    var warnings: [String]
    /// Whether Daraja took shortcode and passkey together, where that was asked for.
    var verified: Bool
  }

  /// By name; an empty text removes.
  var changes: [String: String]
  /// Whether Daraja is asked about shortcode and passkey first.
  var verify: Bool
  /// Why, for the trail of operators.
  var reason: String?
  /// Whether it is only checked.
  var isDryRun = false

  func perform(at desk: OperatorDesk) async throws -> Answer {
    let wanted = try known()
    if let reason { try OperatorReason.check(reason) }
    do {
      if isDryRun { _ = try await desk.settings.preview(wanted) }
      if verify { try await verify(wanted, at: desk) }
      if !wanted.isEmpty, !isDryRun {
        try await desk.settings.change(wanted, by: desk.actor, why: reason, at: desk.timing.now())
      }
    } catch let error as SettingsError {
      throw OperationError(.invalid, "\(error) Nothing was stored.")
    } catch let error as DaemonError {
      throw OperationError(.unavailable, "\(error) Nothing was stored.")
    }
    let table = await desk.settings.table
    let changed = Setting.allCases.filter { wanted.keys.contains($0) }
    return Answer(
      changed: changed.map { SettingRecord($0, in: table) }, missing: SettingsReport(table).missing,
      warnings: changed.flatMap { Self.warnings($0, in: table) }, verified: verify)
  }

  private func known() throws -> [Setting: String?] {
    var wanted: [Setting: String?] = [:]
    for (name, text) in changes {
      guard let setting = Setting(rawValue: name), setting.isMerchants else {
        throw OperationError(
          .invalid, "\(name) is no setting of the merchant's, and cannot live in the table. Nothing was stored.")
      }
      wanted[setting] = .some(text.isEmpty ? nil : text)
    }
    return wanted
  }

  /// Asks Daraja about shortcode and passkey as they would be.
  private func verify(_ wanted: [Setting: String?], at desk: OperatorDesk) async throws {
    let settings = try await desk.settings.preview(wanted)
    guard let client = desk.daraja.client(for: settings) else {
      let names = settings.missing.map(\.rawValue).joined(separator: ", ")
      throw OperationError(.invalid, "Nothing can be verified while these are missing: \(names). Nothing was stored.")
    }
    let probe = DarajaProbe(client: client, questioner: desk.daraja.questioner, timing: desk.timing)
    let result = ConnectionVerdict.account(await probe.account())
    guard result.outcome == .passed else {
      throw OperationError(.refused, "\(result.detail) \(result.advice ?? "") Nothing was stored.")
    }
  }

  private static func warnings(_ setting: Setting, in table: SettingsTable) -> [String] {
    var warnings: [String] = []
    let origins = table.settings.source.origins(setting)
    if let first = origins.first, first != .table, table.texts[setting] != nil {
      warnings.append(
        "\(setting.rawValue) is stored, but the one from \(first.place(of: setting)) counts. Remove that one to use this."
      )
    }
    if setting == .callbackURL, let address = table.texts[setting],
      let warning = CallbackAddress.warning(address)
    {
      warnings.append(warning)
    }
    return warnings
  }
}

extension SettingsSource.Origin {
  /// The place, for people.
  func place(of setting: Setting) -> String {
    switch self {
    case .flag: "the daemon's flags"
    case .environment: "the environment variable \(setting.environmentVariable)"
    case .credential: "the systemd credential \(setting.rawValue)"
    case .file: "the configuration file"
    case .table: "the settings table"
    }
  }
}
