import Foundation

/// Where a process has its settings from, the table aside. They can be read as often as they are wanted.
struct SettingsPlaces: Sendable {
  /// The configuration file.
  var file: String?
  /// As it was when the process began.
  var environment: [String: String]
  var flags: [Setting: String]

  /// Reads the settings, unchecked but for their names.
  /// - Throws: ``SettingsError``.
  func source() async throws -> SettingsSource {
    try await SettingsSource(file: file, environment: environment, flags: flags)
  }

  /// Reads and checks all settings.
  /// - Throws: ``SettingsError``.
  func settings() async throws -> Settings {
    let source = try await source()
    do {
      return try Settings(source)
    } catch let error as SettingsError {
      throw source.placed(error)
    }
  }

  /// The same without the file.
  var withoutFile: SettingsPlaces { SettingsPlaces(file: nil, environment: environment, flags: flags) }
}
