public import Daraja

/// The settings that live with the payments: names and values, each with when it was changed and by whom.
///
/// The store knows no setting. It keeps what it is given, and secrets only sealed.
public protocol SettingsStore: Sendable {
  /// All of them, by name.
  func settings() async throws -> [StoredSetting]

  /// Sets and removes some in one commit: all of it happens, or nothing. A value of nil removes; removing what is not there does nothing.
  func changeSettings(_ changes: [String: StoredSetting.Value?], by who: String, at now: Microseconds) async throws
}

/// One setting in the table.
public struct StoredSetting: Hashable, Sendable {
  /// What the table holds.
  public enum Value: Hashable, Sendable {
    /// As it is.
    case plain(String)
    /// Under a ``Seal``.
    case sealed([UInt8])
  }

  /// Its name.
  public var name: String
  /// What it is set to.
  public var value: Value
  /// When it was changed last.
  public var changedAt: Microseconds
  /// Who changed it last: a login name of this host, or a user of the console.
  public var changedBy: String

  /// A setting as it is stored.
  public init(name: String, value: Value, changedAt: Microseconds, changedBy: String) {
    self.name = name
    self.value = value
    self.changedAt = changedAt
    self.changedBy = changedBy
  }
}
