import Foundation
import Store

/// The keys that a database is of use with. They stay in the state directory and are in no backup: a backup travels to places where a key
/// must not be.
enum StateKeys {
  /// Which are compared by fingerprint. Whether the settings key fits is seen by opening what was sealed.
  static let compared = ["callback.key", "jwt.key"]
  /// All of them.
  static let all = [compared[0], SettingsKey.file, compared[1]]

  /// Fingerprints of those that are there.
  static func fingerprints(in directory: String) -> [String: String] {
    var found: [String: String] = [:]
    for name in compared {
      found[name] = FileManager.default.contents(atPath: directory + "/" + name).map { Fingerprint.of(Array($0)) }
    }
    return found
  }

  /// What an operator must know of the keys before this is restored.
  static func warnings(_ summary: Restoration.Summary, under settings: Settings) -> [String] {
    let here = fingerprints(in: settings.stateDirectory)
    var warnings: [String] = []
    for name in compared {
      guard let expected = summary.facts?.keys[name], here[name] != expected else { continue }
      warnings.append(
        "\(settings.stateDirectory)/\(name) \(here[name] == nil ? "is not there" : "is not the key of this backup"): that has the "
          + "fingerprint \(expected). \(consequence(name)) Put it there before the start if you have it.")
    }
    if let problem = sealProblem(summary.settings, settings) {
      warnings.append(
        "Secrets in its settings table cannot be opened: \(problem). Put the right \(SettingsKey.file) there, or set them again with "
          + "`mpesad set-mpesa-credentials`.")
    }
    return warnings
  }

  private static func consequence(_ name: String) -> String {
    name == compared[0]
      ? "Callbacks of payments that were pending then prove nothing without it, and Safaricom is asked instead."
      : "Access tokens signed under it are not taken any more."
  }

  private static func sealProblem(_ table: [StoredSetting], _ settings: Settings) -> String? {
    for row in table {
      guard case .sealed(let bytes) = row.value else { continue }
      do {
        _ = try SettingsKey.existing(settings).open(bytes, name: row.name)
      } catch {
        return "\(error)"
      }
    }
    return nil
  }
}
