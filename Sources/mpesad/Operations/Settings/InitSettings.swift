import Foundation

/// Makes what an installation needs and does not have, and lists every setting. Safe to repeat: nothing that is there is touched.
struct InitSettings: Operation {
  static let name = "settings-init"
  static let makesStateDirectory = true

  func perform(at desk: OperatorDesk) async throws -> SettingsReport {
    let settings = desk.settings.current
    // Opening the desk made the database and the key of callback addresses.
    _ = try SettingsKey.load(settings)
    // So does reading the key of access tokens, where the settings name none.
    if settings.tokens.keysFile == nil { _ = try await AccessKeys(settings) }
    return SettingsReport(await desk.settings.table)
  }
}

/// Lists every setting.
struct ListSettings: Operation {
  static let name = "settings-list"

  func perform(at desk: OperatorDesk) async throws -> SettingsReport {
    SettingsReport(await desk.settings.table)
  }
}
