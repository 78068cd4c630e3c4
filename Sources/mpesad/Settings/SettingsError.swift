/// A setting that cannot be used. Names the setting and where it came from; never shows a secret.
indirect enum SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
  case unreadableFile(path: String, detail: String)
  case unknown(name: String, place: String, suggestion: String?)
  case notScalar(name: String, path: String)
  case malformed(Setting, shown: String?, expected: String)
  /// One entry of a setting cannot be used; the detail names it.
  case unusable(Setting, detail: String)
  /// Settings that are well-formed each and cannot be used together.
  case contradiction([Setting], detail: String)
  /// What the settings table has cannot be used any more with what is outside of it.
  case againstTable(Setting, detail: String)
  /// One of the others, and where the settings that it is about are set.
  case placed(SettingsError, String)

  /// The settings it is about.
  var settings: [Setting] {
    switch self {
    case .malformed(let setting, _, _), .unusable(let setting, _), .againstTable(let setting, _): [setting]
    case .contradiction(let settings, _): settings
    case .placed(let error, _): error.settings
    case .unreadableFile, .unknown, .notScalar: []
    }
  }

  /// What happened, where, and what to do next.
  var description: String {
    switch self {
    case .unreadableFile(let path, let detail):
      return "Cannot read the configuration file \(path): \(detail)."
    case .unknown(let name, let place, let suggestion):
      let hint = suggestion.map { " Did you mean \($0)?" } ?? " `mpesad serve --help` lists the settings."
      return "Unknown setting \(name) in \(place).\(hint)"
    case .notScalar(let name, let path):
      return "The setting \(name) in \(path) must be one value; write lists as \"30, 60, 120\"."
    case .malformed(let setting, let shown, let expected):
      let value = shown.map { " It is \"\($0)\"." } ?? ""
      return "The setting \(setting.rawValue) (or \(setting.environmentVariable)) must be \(expected).\(value)"
    case .unusable(let setting, let detail):
      return "The setting \(setting.rawValue) (or \(setting.environmentVariable)) cannot be used: \(detail)"
    case .contradiction(let settings, let detail):
      return "\(detail) (\(settings.map(\.rawValue).joined(separator: ", ")))."
    case .placed(let error, let place): return "\(error) \(place)"
    case .againstTable(let setting, let detail):
      return
        "\(detail) The settings table has \(setting.rawValue): change it there first, with `mpesad set-mpesa-credentials`."
    }
  }
}
