import Daraja
import Logging
import Reconciliation
import Store
import Synchronization

/// The settings in force: the host's own and, below them, the table in the database. Changes of the table are taken up at once, those of the
/// host's own when they are read again.
actor LiveSettings {
  /// What is told of each change, with all settings as they are then.
  typealias Listener = @Sendable (Settings) async -> Void

  private let store: any SettingsStore
  private let seal: Result<Seal, any Error>
  private let audit: Audit
  private(set) var table: SettingsTable
  /// Whether the table could be read. Until then the host's own settings count alone.
  private(set) var isTableRead: Bool
  private nonisolated let kept: Mutex<Settings>
  private var listeners: [Listener] = []
  /// Changes and reloads are carried out one after the other, each against what the one before left.
  nonisolated let turns = Turns()

  /// Reads the table. Where the database cannot be read, the host's own settings count until ``takeUpTable()``.
  /// - Parameters:
  ///   - host: the settings without the table.
  ///   - seal: what closes and opens its secrets, or why there is none: then secrets in the table are left out, and none can be set.
  init(over host: Settings, store: any SettingsStore, seal: Result<Seal, any Error>, audit: Audit) async throws {
    self.store = store
    self.seal = seal
    self.audit = audit
    let rows: [StoredSetting]
    do {
      rows = try await store.settings()
      isTableRead = true
    } catch {
      rows = []
      isTableRead = false
    }
    let table = try SettingsTable(rows, over: host, seal: seal)
    self.table = table
    kept = Mutex(table.settings)
  }

  /// Takes up the table of a database that could not be read at first.
  func takeUpTable() async throws {
    guard !isTableRead else { return }
    try await turns.take { await self.adopt(try await self.candidate(over: self.table.host)) }
    isTableRead = true
  }

  /// The settings in force, for whoever looks each time anew.
  nonisolated var current: Settings { kept.withLock { $0 } }

  /// Calls `listener` now with what is in force, and after each change with what is in force then. It returns when it has taken it up:
  /// only then is the change called done.
  func onChange(_ listener: @escaping Listener) async {
    listeners.append(listener)
    await listener(table.settings)
  }

  /// Changes the table; nil removes. All of it is stored and taken up, or nothing.
  ///
  /// - Throws: ``SettingsError`` when a setting would be wrong, alone or with the others; `StoreError` when it cannot be stored.
  func change(_ changes: [Setting: String?], by who: String, why: String? = nil, at now: Microseconds)
    async throws
  {
    try await turns.take { try await self.carryOut(changes, by: who, why: why, at: now) }
  }

  /// What would be in force with other settings of the host's. Nothing is changed.
  /// - Throws: ``SettingsError`` when something in the table could not be used with them that can be now.
  func candidate(over host: Settings) async throws -> SettingsTable {
    let candidate = try SettingsTable(try await store.settings(), over: host, seal: seal)
    for setting in Setting.allCases where table.problems[setting] == nil {
      if let problem = candidate.problems[setting] { throw SettingsError.againstTable(setting, detail: problem) }
    }
    return candidate
  }

  /// Puts what ``candidate(over:)`` gave in force. Both belong into one of the ``turns``.
  func adopt(_ candidate: SettingsTable) async {
    table = candidate
    await tell()
  }

  /// What the settings would be with these changes. Nothing is stored.
  /// - Throws: ``SettingsError``, also where a setting outside of the table hides the one that is wrong.
  func preview(_ changes: [Setting: String?]) throws -> Settings {
    // Alone first: what the environment hides today must be well-formed too when it comes into force.
    for case (let setting, let text?) in changes {
      do {
        _ = try Settings(table.host.source.only(setting, text))
      } catch SettingsError.contradiction {
        // Whether they go together is decided with all of them.
      }
    }
    return try Settings(table.host.source.over(table: table.texts.merging(changes: changes)))
  }

  private func carryOut(_ changes: [Setting: String?], by who: String, why: String?, at now: Microseconds) async throws
  {
    _ = try preview(changes)
    var values: [String: StoredSetting.Value?] = [:]
    for (setting, text) in changes {
      values[setting.rawValue] = .some(try text.map { try stored($0, setting) })
    }
    try await store.changeSettings(values, by: who, at: now)
    let old = table.texts
    table = try SettingsTable(try await store.settings(), over: table.host, seal: seal)
    audit.settingsChanged(
      changes.sorted { $0.key.rawValue < $1.key.rawValue }.map { setting, new in
        (
          setting.rawValue, old[setting].map { Fingerprint.shown($0, of: setting) },
          new.map { Fingerprint.shown($0, of: setting) }
        )
      }, by: who, why: why)
    await tell()
  }

  private func tell() async {
    let settings = table.settings
    kept.withLock { $0 = settings }
    for listener in listeners { await listener(settings) }
  }

  private func stored(_ text: String, _ setting: Setting) throws -> StoredSetting.Value {
    setting.isSecret ? .sealed(try seal.get().close(text, name: setting.rawValue)) : .plain(text)
  }
}

extension [Setting: String] {
  fileprivate func merging(changes: [Setting: String?]) -> [Setting: String] {
    var texts = self
    for (setting, text) in changes { texts[setting] = text }
    return texts
  }
}
