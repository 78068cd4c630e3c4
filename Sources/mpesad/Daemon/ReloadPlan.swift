/// What becomes of settings that were read anew while the daemon runs. Pure.
struct ReloadPlan: Sendable {
  /// What the daemon goes on with: the new settings, but the old ones of those that are read at start only.
  let host: Settings
  /// The settings that have changed and wait for a restart.
  let waiting: [Setting]

  /// - Parameters:
  ///   - inForce: what the daemon runs with.
  ///   - wanted: what was read now.
  /// - Throws: ``SettingsError`` when old and new ones do not go together.
  init(from inForce: Settings, to wanted: Settings) throws {
    var kept = Setting.allCases.filter { !$0.isLive }
    if (inForce.tls == nil) != (wanted.tls == nil) { kept += [.tlsCertificateFile, .tlsKeyFile] }
    host = try Settings(wanted.source.keeping(kept, of: inForce.source))
    waiting = Self.changes(from: inForce, to: wanted).filter(kept.contains)
  }

  /// The settings whose change makes a difference. Saying what is the default anyway is none, and neither is a default that follows
  /// from another setting.
  static func changes(from before: Settings, to after: Settings) -> [Setting] {
    Setting.allCases.filter { setting in
      let (old, new) = (before.source.text(setting), after.source.text(setting))
      return old != new && (old ?? before.standard(setting)) != (new ?? after.standard(setting))
    }
  }
}
