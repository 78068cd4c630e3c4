import Daraja

/// One setting as operators see it.
struct SettingRecord: Codable, Hashable, Sendable {
  var name: String
  /// What it is for, in a sentence.
  var purpose: String
  /// What is in force; of a secret the fingerprint. Nil where nobody set it and there is no default.
  var value: String?
  var isSecret: Bool
  /// `flag`, `environment`, `credential`, `file`, `table` or `default`.
  var source: String
  /// Further places that have it and do not count.
  var hidden: [String]
  /// Why what somebody set cannot be used.
  var problem: String?
  /// Whether prompts wait for it.
  var isMissing: Bool
  /// Whether a running daemon takes a change up without a restart.
  var isLive: Bool
  /// Where it can be changed, where that is not the settings table.
  var elsewhere: String?
  /// When and by whom it was changed in the table.
  var changedAt: Moment?
  var changedBy: String?

  init(_ setting: Setting, in table: SettingsTable) {
    let settings = table.settings
    let origins = settings.source.origins(setting)
    name = setting.rawValue
    value = settings.source.text(setting).map { Fingerprint.shown($0, of: setting) } ?? settings.standard(setting)
    purpose = setting.purpose
    isSecret = setting.isSecret
    isLive = setting.isLive
    elsewhere = Self.elsewhere(setting, origins.first, file: settings.source.file)
    source = origins.first?.rawValue ?? "default"
    hidden = origins.dropFirst().map(\.rawValue)
    problem = table.problems[setting]
    isMissing = settings.missing.contains(setting)
    if let change = table.changes[setting] {
      changedAt = Moment(change.at)
      changedBy = change.by
    }
  }

  /// Where a setting can be changed, where that is not the settings table; what wins over the table has to be changed where it is.
  private static func elsewhere(_ setting: Setting, _ origin: SettingsSource.Origin?, file: String?) -> String? {
    let taken = setting.isLive ? "then run mpesad reload" : "then restart the daemon"
    switch origin {
    case .flag: return "It is a flag of the daemon's command line: change it there, then restart the daemon."
    case .environment:
      return "The environment variable \(setting.environmentVariable) wins: change it there, then restart the daemon."
    case .credential:
      return "The systemd credential \(setting.rawValue) wins: change it there, then restart the daemon."
    case .file: return "\(file ?? "The configuration file") wins: change it there, \(taken)."
    case .table: return nil
    case nil where setting.isMerchants: return nil
    case nil: return "Set it in \(file ?? "the configuration file"), \(taken)."
    }
  }

  /// The state of it in a word or a sentence.
  var state: String {
    if let problem { return problem }
    if isMissing { return "missing" }
    if !hidden.isEmpty { return "valid; hides the one in: \(hidden.joined(separator: ", "))" }
    return value == nil ? "not set" : "valid"
  }
}

/// All settings, and whether prompts can be sent with them.
struct SettingsReport: Codable, Hashable, Sendable {
  /// What prompts wait for.
  struct Missing: Codable, Hashable, Sendable {
    var name: String
    /// How it is set.
    var how: String
  }

  var settings: [SettingRecord]
  var missing: [Missing]

  init(_ table: SettingsTable) {
    settings = Setting.allCases.map { SettingRecord($0, in: table) }
    missing = table.settings.missing.map { Missing(name: $0.rawValue, how: $0.how) }
  }

  /// Whether something stored cannot be used.
  var hasProblems: Bool { settings.contains { $0.problem != nil } }

  var table: TextTable {
    var table = TextTable(header: ["setting", "value", "source", "state"])
    for record in settings {
      let value = record.value.map { record.isSecret ? "sha256:\($0)..." : $0 } ?? ""
      table.add([record.name, value, record.source, record.state])
    }
    return table
  }
}

extension Setting {
  /// How a merchant's setting is set, in one line.
  var how: String {
    "mpesad set-mpesa-credentials \(commandLine), or the environment variable \(environmentVariable)"
  }

  private var commandLine: String {
    switch self {
    case .consumerKey: "--consumer-key-file FILE"
    case .consumerSecret: "--consumer-secret-file FILE"
    case .passkey: "--passkey-file FILE"
    case .businessShortcode: "--business-shortcode 174379"
    case .callbackURL: "--callback-url https://HOST\(CallbackAddress.neutralPath)"
    case .tillNumber: "--till-number 123456"
    default: "--setting \(rawValue)=VALUE"
    }
  }
}
