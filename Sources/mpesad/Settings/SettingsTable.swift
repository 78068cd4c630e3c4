import Daraja
import Foundation
import Store

/// The settings table, opened and read over the host's own settings.
///
/// What cannot be used of it is left out and named: a table that was damaged, or restored without its key, must not keep the daemon from
/// taking callbacks.
struct SettingsTable: Sendable {
  /// The settings without the table.
  let host: Settings
  /// The settings that come of it.
  private(set) var settings: Settings
  /// Why a setting is not used: in the table, or left out of the host's own at start.
  private(set) var problems: [Setting: String] = [:]
  /// When and by whom each was changed last.
  private(set) var changes: [Setting: (at: Microseconds, by: String)] = [:]
  /// The texts that can be used.
  private(set) var texts: [Setting: String] = [:]

  /// - Parameters:
  ///   - host: the settings without the table.
  ///   - seal: what opens its secrets, or why there is none.
  /// - Throws: ``SettingsError`` only for what is wrong without the table too.
  init(_ rows: [StoredSetting], over host: Settings, seal: Result<Seal, any Error>) throws {
    self.host = host
    settings = host
    problems = host.source.faults
    for row in rows {
      // A name that is not known was set by a newer mpesad; it stays for that one.
      guard let setting = Setting(rawValue: row.name), setting.isMerchants else { continue }
      changes[setting] = (row.changedAt, row.changedBy)
      do {
        texts[setting] = try Self.text(row, seal)
      } catch {
        problems[setting] =
          "The stored \(row.name) cannot be opened: \(error). Restore the settings key that it was sealed under, or set it again "
          + "with `mpesad set-mpesa-credentials`."
      }
    }
    settings = try resolve(over: host.source)
  }

  private static func text(_ row: StoredSetting, _ seal: Result<Seal, any Error>) throws -> String {
    switch row.value {
    case .plain(let text): text
    case .sealed(let bytes): try seal.get().open(bytes, name: row.name)
    }
  }

  /// Leaves out what is refused, one after the other, until the rest can be used.
  private mutating func resolve(over host: SettingsSource) throws -> Settings {
    while true {
      do {
        return try Settings(host.over(table: texts))
      } catch let error as SettingsError {
        let blamed = error.settings.filter { texts[$0] != nil }
        guard !blamed.isEmpty else { throw error }
        for setting in blamed {
          texts[setting] = nil
          problems[setting] = "\(error)"
        }
      }
    }
  }
}
