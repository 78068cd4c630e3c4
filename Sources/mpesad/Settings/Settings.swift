import Daraja
import Foundation
import Gateway
import Logging
import Payments
import Reconciliation

/// What the daemon runs with, checked.
struct Settings: Sendable {
  /// Which of Safaricom's two worlds.
  enum Environment: String, CaseIterable, Sendable {
    case sandbox, production

    /// Safaricom's published hosts.
    var baseURL: String {
      switch self {
      case .sandbox: DarajaClient.sandboxBaseURL
      case .production: DarajaClient.productionBaseURL
      }
    }
  }

  /// The most a setting may ask for, so that a slip of the finger is found at start.
  enum Limit {
    static let workers = 64
    static let connections = 65_000
    static let spoolBytes = 1 << 30
    static let queryBurst = 100
    /// A hundred years.
    static let retentionDays = 36_500
    static let perMinute = 1_000_000
    /// What one prompt may ask for at most, in shillings: forty times Safaricom's published limit of 250,000 (portal, MpesaExpressSimulate,
    /// FAQ 5), so that it can be raised with theirs, and less than that limit in cents.
    static let promptShillings: Int64 = 10_000_000
  }

  /// The state directory of the package's units, and of everybody who names no other.
  static let standardStateDirectory = "/var/lib/mpesad"

  /// What they were read from.
  let source: SettingsSource

  // The merchant's: they change while the daemon runs, in the table at once.
  var environment: Environment
  /// Nil while settings are missing: then callbacks are received and nothing is sent.
  var daraja: DarajaAccess?
  /// The settings that are missing for sending pushes.
  var missing: [Setting]
  var rules: AdmissionRules
  var schedule: QuerySchedule
  var budget: QueryBudget
  var callbacks: Callbacks
  var webhook: Webhook
  var checkout: Checkout
  /// Whether the operator's console is there.
  var isConsoleOpen: Bool
  /// How many days the raw bytes of settled deliveries and of finished webhooks are kept; nil for ever.
  var retentionDays: Int?

  // The host's: they are read at start, and again by a reload, see `Setting.isLive`.
  var darajaBaseURL: String
  var listenHost: String
  var listenPort: Int
  var stateDirectory: String
  var trustedProxies: AddressList
  /// Nil: plain HTTP, for a proxy that speaks TLS.
  var tls: TLS?
  var tokens: Tokens
  var rateLimits: RateLimits
  var workers: Int
  var breakerRest: Microseconds
  var connectionLimit: Int
  var spoolBytes: Int
  /// Nil: the state directory.
  var spoolDirectory: String?
  var logLevel: Logger.Level
  var logFormat: LogFormat
}

extension Settings {
  /// Checks everything, each setting and all together, and names the first that is wrong.
  /// - Throws: ``SettingsError``.
  init(_ source: SettingsSource) throws {
    self.source = source
    environment = try source.value(
      .environment, default: .sandbox, expected: "sandbox or production", Environment.init(rawValue:))
    (daraja, missing) = try DarajaAccess.read(source)
    rules = try Self.rules(source)
    schedule = try source.value(
      .querySchedule, default: .standard, expected: "seconds after the push, rising, such as \"30, 60, 120\"",
      SettingText.schedule)
    budget = try Self.budget(source, in: environment)
    callbacks = try Callbacks(source)
    webhook = try Webhook(source)
    checkout = try Checkout(source)
    isConsoleOpen = try source.value(.console, default: false, expected: "closed or open") {
      ["closed": false, "open": true][$0]
    }
    retentionDays = try source.value(
      .retentionDays, default: 365, expected: "a number of days up to \(Limit.retentionDays), or 0 for ever"
    ) { SettingText.number($0, in: 0...Limit.retentionDays) }
    if retentionDays == 0 { retentionDays = nil }
    darajaBaseURL = try source.value(
      .darajaBaseURL, default: environment.baseURL, expected: "an absolute http or https address",
      SettingText.baseAddress)
    (listenHost, listenPort) = try source.value(
      .listen, default: ("127.0.0.1", 8_080), expected: "an address and a port such as 127.0.0.1:8080",
      SettingText.listening)
    stateDirectory = try source.value(
      .stateDirectory, default: Self.standardStateDirectory, expected: "an absolute path", SettingText.path)
    trustedProxies = try Callbacks.addresses(source, .trustedProxies) ?? AddressList()
    tls = try TLS.read(source)
    tokens = try Tokens(source)
    rateLimits = try RateLimits(source)
    workers = try source.value(.workers, default: 4, expected: "a number from 1 to \(Limit.workers)") {
      SettingText.number($0, in: 1...Limit.workers)
    }
    breakerRest = Microseconds(
      1_000_000 * (try source.value(.breakerRest, default: 30, expected: "seconds above 0", SettingText.seconds)))
    connectionLimit = try source.value(
      .connectionLimit, default: 1_000, expected: "a number from 1 to \(Limit.connections)"
    ) { SettingText.number($0, in: 1...Limit.connections) }
    spoolBytes = try source.value(
      .spoolBytes, default: 16 << 20, expected: "0, or a number of bytes from 65536 to \(Limit.spoolBytes)"
    ) { $0 == "0" ? 0 : SettingText.number($0, in: 65_536...Limit.spoolBytes) }
    spoolDirectory = try source.value(.spoolDirectory, expected: "an absolute path", SettingText.path)
    logLevel = try source.value(
      .logLevel, default: .info, expected: Logger.Level.allCases.map(\.rawValue).joined(separator: ", "),
      Logger.Level.init(rawValue:))
    logFormat = try source.value(.logFormat, default: .text, expected: "text or json", LogFormat.init(rawValue:))
    try checkTogether(source)
  }

  private static func rules(_ source: SettingsSource) throws -> AdmissionRules {
    let standard = AdmissionRules()
    let amounts = "an amount such as 1 or 1500.00"
    let most = Amount(cents: Limit.promptShillings * 100)
    let lifetime = try source.value(.promptLifetime, expected: "seconds above 0", SettingText.seconds)
    var rules = standard
    if let lifetime { rules.promptLifetime = Microseconds(lifetime * 1_000_000) }
    rules.minimum = try source.value(.minimumAmount, default: standard.minimum, expected: amounts) { Amount($0) }
    rules.maximum = try source.value(
      .maximumAmount, default: standard.maximum,
      expected: "an amount from 1 to \(Limit.promptShillings), in shillings; Safaricom's published limit is 250000"
    ) { Amount($0).flatMap { (Amount(cents: 100)...most).contains($0) ? $0 : nil } }
    return rules
  }

  private static func budget(_ source: SettingsSource, in environment: Environment) throws -> QueryBudget {
    // Safaricom publishes the sandbox's limit only; production's is agreed with each merchant.
    let standard = environment == .sandbox ? QueryBudget.sandbox.interval : 1_000_000
    let interval = try source.value(.queryInterval, expected: "seconds above 0", SettingText.seconds)
    let burst = try source.value(.queryBurst, default: 1, expected: "a number from 1 to \(Limit.queryBurst)") {
      SettingText.number($0, in: 1...Limit.queryBurst)
    }
    return QueryBudget(interval: interval.map { Microseconds($0 * 1_000_000) } ?? standard, burst: burst)
  }
}
