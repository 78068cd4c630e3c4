import Configuration
import Foundation
import SystemPackage

/// Where settings come from, the first that has one wins: flags, environment, systemd credentials, file, settings table.
///
/// A snapshot: what the outside says is read once.
struct SettingsSource: Sendable {
  /// A place that settings come from, in order of precedence. The raw values are shown and stable.
  enum Origin: String, Codable, CaseIterable, Sendable {
    case flag, environment, credential, file, table
  }

  /// The configuration file that was read.
  let file: String?
  /// Where systemd put this unit's credentials.
  let credentialsDirectory: String?
  /// The texts of each place. White space around them does not count; an empty text is none.
  private var texts: [Origin: [Setting: String]] = [:]
  /// Why settings were left out, see ``leavingOut(_:because:)``.
  private(set) var faults: [Setting: String] = [:]

  /// Nothing is set anywhere.
  static let none = SettingsSource()

  private init() {
    file = nil
    credentialsDirectory = nil
  }

  /// Reads the file and checks every name in it and in the environment. The settings table is put under it later.
  /// - Throws: ``SettingsError``, naming what is wrong.
  init(file: String?, environment: [String: String], flags: [Setting: String]) async throws {
    try SettingNames.check(environment: environment)
    self.file = file
    texts[.flag] = Self.withAbsolutePaths(flags.compactMapValues(Self.trimmed))
    let variables = EnvironmentVariablesProvider(environmentVariables: environment, secretsSpecifier: .all)
      .mapKeys { key in
        guard let name = key.components.first, !name.hasPrefix("mpesa_") else { return key }
        return AbsoluteConfigKey(["mpesad"] + key.components)
      }
    texts[.environment] = Self.withAbsolutePaths(Self.texts(in: variables))
    credentialsDirectory = environment["CREDENTIALS_DIRECTORY"].map { AbsolutePath.of($0) }
    if let directory = credentialsDirectory {
      texts[.credential] = Self.texts(
        in: try await DirectoryFilesProvider(directoryPath: FilePath(directory), allowMissing: true))
    }
    if let file, try SettingNames.check(file: file) > 0 {
      do {
        texts[.file] = Self.withAbsolutePaths(
          Self.texts(in: try await FileProvider<YAMLSnapshot>(filePath: FilePath(file))),
          from: (AbsolutePath.of(file) as NSString).deletingLastPathComponent)
      } catch {
        throw SettingsError.unreadableFile(path: file, detail: SettingNames.detail(of: error))
      }
    }
  }

  /// The same with other contents of the settings table, below everything else.
  func over(table: [Setting: String]) -> SettingsSource {
    var source = self
    source.texts[.table] = table.filter { $0.key.isMerchants && faults[$0.key] == nil }
      .compactMapValues(Self.trimmed)
    return source
  }

  /// The same as if nobody had set this setting anywhere. That it could not be used is remembered, so that nothing falls back to a place
  /// that it was to win over.
  func leavingOut(_ setting: Setting, because reason: String) -> SettingsSource {
    var source = self
    for origin in Origin.allCases { source.texts[origin]?[setting] = nil }
    source.faults[setting] = reason
    return source
  }

  /// The same but for these settings, which are as another source has them.
  func keeping(_ settings: [Setting], of other: SettingsSource) -> SettingsSource {
    var source = self
    for origin in Origin.allCases {
      for setting in settings { source.texts[origin, default: [:]][setting] = other.texts[origin]?[setting] }
    }
    return source
  }

  /// One setting alone, as if nobody had set any other.
  func only(_ setting: Setting, _ text: String) -> SettingsSource {
    var source = self
    source.texts = [.table: [setting: text].compactMapValues(Self.trimmed)]
    source.faults = [:]
    return source
  }

  /// The text of a setting, or nil where nobody set it.
  func text(_ setting: Setting) -> String? { origin(setting).flatMap { texts[$0]?[setting] } }

  /// Where the text of a setting comes from, or nil where nobody set it.
  func origin(_ setting: Setting) -> Origin? { origins(setting).first }

  /// Every place that has a setting, the one that counts first.
  func origins(_ setting: Setting) -> [Origin] { Origin.allCases.filter { texts[$0]?[setting] != nil } }

  /// A setting as a value, or its default where nobody set it.
  func value<Value>(
    _ setting: Setting, default standard: Value, expected: String, _ parse: (String) -> Value?
  ) throws -> Value {
    guard let text = text(setting) else { return standard }
    guard let value = parse(text) else {
      throw SettingsError.malformed(setting, shown: setting.isSecret ? nil : text, expected: expected)
    }
    return value
  }

  /// A setting as a value, or nil where nobody set it.
  func value<Value>(_ setting: Setting, expected: String, _ parse: (String) -> Value?) throws -> Value? {
    guard text(setting) != nil else { return nil }
    return try value(setting, default: nil, expected: expected) { text in parse(text).map(Optional.some) }
  }

  private static func texts(in provider: some ConfigProvider) -> [Setting: String] {
    let reader = ConfigReader(provider: provider)
    var found: [Setting: String] = [:]
    for setting in Setting.allCases {
      let text = reader.string(forKey: ConfigKey([setting.rawValue]), isSecret: setting.isSecret)
      found[setting] = text.flatMap(trimmed)
    }
    return found
  }

  private static func withAbsolutePaths(
    _ texts: [Setting: String], from base: String = FileManager.default.currentDirectoryPath
  ) -> [Setting: String] {
    Dictionary(
      uniqueKeysWithValues: texts.map { ($0, $0.isPath ? AbsolutePath.of($1, from: base) : $1) })
  }

  private static func trimmed(_ text: String) -> String? {
    let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    return text.isEmpty ? nil : text
  }
}
