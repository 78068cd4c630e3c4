/// What is to become of some settings: what a form says, read.
struct SettingsChange: Sendable {
  /// What the forms send. What a secret is to be stands in the last one only, and in no page.
  struct Form: Decodable, Sendable {
    /// Names, separated by commas.
    var setting: String?
    var value: [String: String]?
    var secret: [String: String]?
    /// Secrets that are to be removed.
    var remove: [String]?
    var reason: String?
    var verify: String?
  }

  let settings: [Setting]
  let form: Form

  /// - Throws: ``OperationError`` where a setting cannot be changed here.
  init(_ form: Form, among records: [SettingRecord]) throws {
    let names = (form.setting ?? "").split(separator: ",").map(String.init)
    settings = try names.map { name in
      guard let record = records.first(where: { $0.name == name }), let setting = Setting(rawValue: name) else {
        throw OperationError(.notFound, "There is no such setting.")
      }
      if let elsewhere = record.elsewhere {
        throw OperationError(.refused, "\(name) cannot be changed here. \(elsewhere)")
      }
      return setting
    }
    guard !settings.isEmpty, Set(settings).count == settings.count else {
      throw OperationError(.invalid, "No setting was chosen. Go back and choose one.")
    }
    self.form = form
  }

  static func href(_ names: [String]) -> String {
    "/console/settings/change" + QueryText.text([("setting", names.joined(separator: ","))])
  }

  var names: String { settings.map(\.rawValue).joined(separator: ",") }

  func isRemoved(_ setting: Setting) -> Bool {
    setting.isSecret ? form.remove?.contains(setting.rawValue) == true : text(of: setting).isEmpty
  }

  /// What a setting is to be, where it is no secret.
  func text(of setting: Setting) -> String { Self.trimmed(form.value?[setting.rawValue]) }

  /// The changes by name, an empty text removes.
  /// - Parameter withSecrets: whether new secrets are among them; they stand in the last form only.
  /// - Throws: ``OperationError`` where a secret was left empty.
  func changes(withSecrets: Bool) throws -> [String: String] {
    var changes: [String: String] = [:]
    for setting in settings {
      guard setting.isSecret, !isRemoved(setting) else {
        // An empty field removes; a field that is not there is no answer.
        guard setting.isSecret || form.value?[setting.rawValue] != nil else {
          throw OperationError(.invalid, "The form says nothing about \(setting.rawValue). Nothing was stored.")
        }
        changes[setting.rawValue] = isRemoved(setting) ? "" : text(of: setting)
        continue
      }
      guard withSecrets else { continue }
      let secret = Self.trimmed(form.secret?[setting.rawValue])
      guard !secret.isEmpty else {
        throw OperationError(.invalid, "Nothing was typed for \(setting.rawValue). Nothing was stored.")
      }
      changes[setting.rawValue] = secret
    }
    return changes
  }

  private static func trimmed(_ text: String?) -> String {
    var text = Substring(text ?? "")
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
