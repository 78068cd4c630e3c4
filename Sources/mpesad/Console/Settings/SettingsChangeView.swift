/// The two steps of a change: what is to be, and what that means.
struct SettingsChangeView: Sendable {
  struct Field: Sendable {
    var name: String
    var purpose: String
    /// What is there now, for people.
    var now: String
    var isSecret: Bool
    /// Whether a secret is there that could be removed.
    var isRemovable: Bool
    /// What is to be there; never a secret's.
    var value: String
    /// What is to become of it, in words.
    var becomes: String
    var isRemoved: Bool
    /// Whether it is a secret that has to be typed.
    var isAsked: Bool
  }

  var title: String
  var names: String
  var fields: [Field]
  var cautions: [String]
  /// Whether Safaricom can be asked first whether they belong together.
  var isVerifiable: Bool
  var maximumReason = OperatorReason.maximumLength
  var problem: String?

  /// - Parameters:
  ///   - isFirst: whether the form has not been filled in: then it shows what is there.
  init(_ change: SettingsChange, among records: [SettingRecord], isFirst: Bool, problem: OperationError? = nil) {
    title = change.settings.count == 1 ? "Change \(change.names)" : "Change \(change.settings.count) settings"
    names = change.names
    fields = change.settings.compactMap { setting in
      records.first { $0.name == setting.rawValue }.map { Field(setting, $0, change, isFirst: isFirst) }
    }
    cautions = change.settings.compactMap(\.caution).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    let account: Set<Setting> = [.environment, .consumerKey, .consumerSecret, .businessShortcode, .passkey]
    isVerifiable = !account.isDisjoint(with: change.settings)
    self.problem = problem.map { PlainText.line($0.description) }
  }
}

extension SettingsChangeView.Field {
  init(_ setting: Setting, _ record: SettingRecord, _ change: SettingsChange, isFirst: Bool) {
    let stored = record.source == SettingsSource.Origin.table.rawValue ? record.value ?? "" : ""
    let isRemoved = change.isRemoved(setting)
    let becomes: String =
      if isRemoved, stored.isEmpty, !setting.isSecret {
        "stays unset"
      } else if isRemoved {
        "is removed; what holds without it is the default"
      } else {
        setting.isSecret ? "is replaced by what you type" : "becomes \(PlainText.line(change.text(of: setting)))"
      }
    self.init(
      name: record.name, purpose: record.purpose, now: record.shownValue, isSecret: setting.isSecret,
      isRemovable: setting.isSecret && record.value != nil,
      value: setting.isSecret ? "" : isFirst ? stored : change.text(of: setting), becomes: becomes,
      isRemoved: isRemoved, isAsked: setting.isSecret && !isRemoved)
  }
}
