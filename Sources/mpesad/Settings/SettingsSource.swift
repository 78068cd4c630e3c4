import Configuration
import Foundation
import SystemPackage
import Yams

/// Where settings come from, the first that has one wins: flags, environment, systemd credentials, file.
struct SettingsSource: Sendable {
  private let reader: ConfigReader

  /// Reads the file and checks every name in it and in the environment.
  /// - Throws: ``SettingsError``, naming what is wrong.
  init(file: String?, environment: [String: String], flags: [Setting: String]) async throws {
    try Self.checkNames(inEnvironment: environment)
    var providers: [any ConfigProvider] = [
      InMemoryProvider(
        name: "flags",
        values: Dictionary(
          uniqueKeysWithValues: flags.map {
            (AbsoluteConfigKey([$0.key.rawValue]), ConfigValue(.string($0.value), isSecret: $0.key.isSecret))
          })),
      EnvironmentVariablesProvider(environmentVariables: environment, secretsSpecifier: .all).mapKeys { key in
        guard let name = key.components.first, !name.hasPrefix("mpesa_") else { return key }
        return AbsoluteConfigKey(["mpesad"] + key.components)
      },
    ]
    if let directory = environment["CREDENTIALS_DIRECTORY"] {
      providers.append(try await DirectoryFilesProvider(directoryPath: FilePath(directory), allowMissing: true))
    }
    if let file, try Self.checkNames(inFile: file) > 0 {
      do {
        providers.append(try await FileProvider<YAMLSnapshot>(filePath: FilePath(file)))
      } catch {
        throw SettingsError.unreadableFile(path: file, detail: "\(error)")
      }
    }
    reader = ConfigReader(providers: providers)
  }

  /// The text of a setting, or nil where nobody set it. White space around it does not count; an empty text is none.
  func text(_ setting: Setting) -> String? {
    let text = reader.string(forKey: ConfigKey([setting.rawValue]), isSecret: setting.isSecret)
    let trimmed = text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? ""
    return trimmed.isEmpty ? nil : trimmed
  }

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

  private static func checkNames(inEnvironment environment: [String: String]) throws {
    let known = Set(Setting.allCases.map(\.environmentVariable))
    for name in environment.keys.sorted() where name.hasPrefix("MPESAD_") && !known.contains(name) {
      throw SettingsError.unknown(name: name, place: "the environment", suggestion: closest(to: name, in: known))
    }
  }

  /// - Returns: how many settings the file holds.
  private static func checkNames(inFile path: String) throws -> Int {
    let root: Node?
    do {
      root = try Yams.compose(yaml: String(contentsOfFile: path, encoding: .utf8))
    } catch let error as YamlError {
      throw SettingsError.unreadableFile(path: path, detail: "\(error)")
    } catch {
      throw SettingsError.unreadableFile(path: path, detail: error.localizedDescription)
    }
    guard let root, root != .scalar(Node.Scalar("")) else { return 0 }
    guard case .mapping(let mapping) = root else {
      throw SettingsError.unreadableFile(path: path, detail: "it must hold lines of the form \"name: value\"")
    }
    let known = Set(Setting.allCases.map(\.rawValue))
    for (key, value) in mapping {
      let name = key.string ?? "\(key)"
      guard known.contains(name) else {
        throw SettingsError.unknown(name: name, place: path, suggestion: closest(to: name, in: known))
      }
      guard case .scalar = value else { throw SettingsError.notScalar(name: name, path: path) }
    }
    return mapping.count
  }

  /// The known name that a misspelt one probably means.
  private static func closest(to name: String, in known: Set<String>) -> String? {
    let ranked = known.map { (distance(name, $0), $0) }.sorted { $0 < $1 }
    return ranked.first.flatMap { $0.0 <= 3 ? $0.1 : nil }
  }

  private static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right.utf8)
    var row = Array(0...right.count)
    for (index, character) in left.utf8.enumerated() {
      var diagonal = row[0]
      row[0] = index + 1
      for column in right.indices {
        let above = row[column + 1]
        row[column + 1] = min(above + 1, row[column] + 1, diagonal + (character == right[column] ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }
}
