import Daraja
import Foundation
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
      case .sandbox: "https://sandbox.safaricom.co.ke"
      case .production: "https://api.safaricom.co.ke"
      }
    }
  }

  /// What is needed to send pushes and to ask.
  struct DarajaAccess: Sendable {
    var credentials: DarajaCredentials
    var account: MerchantAccount
    var callbackBase: String
  }

  /// The most a setting may ask for, so that a slip of the finger is found at start.
  enum Limit {
    static let workers = 64
    static let connections = 65_000
    static let spoolBytes = 1 << 30
    static let queryBurst = 100
  }

  var environment: Environment
  var darajaBaseURL: String
  /// Nil while settings are missing: then callbacks are received and nothing is sent.
  var daraja: DarajaAccess?
  /// The settings that are missing for sending pushes.
  var missing: [Setting]
  var listenHost: String
  var listenPort: Int
  var stateDirectory: String
  /// Nil: a key of its own is kept in the state directory.
  var jwtSecret: Secret?
  var workers: Int
  var schedule: QuerySchedule
  var budget: QueryBudget
  var breakerRest: Microseconds
  var rules: AdmissionRules
  var connectionLimit: Int
  var spoolBytes: Int
  var logLevel: Logger.Level
}

extension Settings {
  /// Checks everything and names the first setting that is wrong.
  init(_ source: SettingsSource) throws {
    environment = try source.value(
      .environment, default: .sandbox, expected: "sandbox or production", Environment.init(rawValue:))
    darajaBaseURL = try source.value(
      .darajaBaseURL, default: environment.baseURL, expected: "an absolute http or https address", Self.baseAddress)
    (listenHost, listenPort) = try source.value(
      .listen, default: ("127.0.0.1", 8_080), expected: "an address and a port such as 127.0.0.1:8080", Self.address)
    stateDirectory = try source.value(
      .stateDirectory, default: "/var/lib/mpesad", expected: "an absolute path"
    ) { $0.hasPrefix("/") ? $0 : nil }
    jwtSecret = try source.value(.jwtSecret, expected: "at least 32 bytes long") {
      $0.utf8.count >= 32 ? Secret($0) : nil
    }
    workers = try source.value(.workers, default: 4, expected: "a number from 1 to \(Limit.workers)") {
      Self.number($0, in: 1...Limit.workers)
    }
    schedule = try source.value(
      .querySchedule, default: .standard, expected: "seconds after the push, rising, such as \"30, 60, 120\"",
      Self.schedule)
    let standard = environment == .sandbox ? 12.0 : 1.0
    let interval = try source.value(
      .queryInterval, default: standard, expected: "seconds above 0", Self.seconds)
    let burst = try source.value(.queryBurst, default: 1, expected: "a number from 1 to \(Limit.queryBurst)") {
      Self.number($0, in: 1...Limit.queryBurst)
    }
    budget = QueryBudget(interval: Microseconds(interval * 1_000_000), burst: burst)
    breakerRest = Microseconds(
      1_000_000 * (try source.value(.breakerRest, default: 30, expected: "seconds above 0", Self.seconds)))
    let lifetime = try source.value(.promptLifetime, default: 120, expected: "seconds above 0", Self.seconds)
    let amounts = "an amount such as 1 or 1500.00"
    rules = AdmissionRules(
      promptLifetime: Microseconds(lifetime * 1_000_000),
      minimum: try source.value(.minimumAmount, default: Amount(cents: 100), expected: amounts) { Amount($0) },
      maximum: try source.value(.maximumAmount, default: Amount(cents: 25_000_000), expected: amounts) { Amount($0) })
    connectionLimit = try source.value(
      .connectionLimit, default: 1_000, expected: "a number from 1 to \(Limit.connections)"
    ) { Self.number($0, in: 1...Limit.connections) }
    spoolBytes = try source.value(
      .spoolBytes, default: 16 << 20, expected: "0, or a number of bytes from 65536 to \(Limit.spoolBytes)"
    ) { $0 == "0" ? 0 : Self.number($0, in: 65_536...Limit.spoolBytes) }
    logLevel = try source.value(
      .logLevel, default: .info, expected: Logger.Level.allCases.map(\.rawValue).joined(separator: ", "),
      Logger.Level.init(rawValue:))
    (daraja, missing) = try Self.access(source)
  }

  /// What is needed to send pushes, or what is missing for it.
  private static func access(_ source: SettingsSource) throws -> (DarajaAccess?, [Setting]) {
    let shortcode = try source.value(.businessShortcode, expected: "5 to 7 digits", digits)
    let till = try source.value(.tillNumber, expected: "5 to 7 digits", digits)
    let type = try source.value(
      .transactionType, default: MerchantAccount.TransactionType.customerPayBillOnline,
      expected: "CustomerPayBillOnline or CustomerBuyGoodsOnline", MerchantAccount.TransactionType.init(rawValue:))
    let callback = try source.value(
      .callbackURL, expected: "an absolute http or https address", baseAddress)
    let needed: [Setting] = [.consumerKey, .consumerSecret, .businessShortcode, .passkey, .callbackURL]
    guard let shortcode, let callback, let key = source.text(.consumerKey), let secret = source.text(.consumerSecret),
      let passkey = source.text(.passkey)
    else { return (nil, needed.filter { source.text($0) == nil }) }
    let account = MerchantAccount(
      shortcode: shortcode, passkey: Secret(passkey), transactionType: type, partyB: till ?? shortcode)
    return (
      DarajaAccess(
        credentials: DarajaCredentials(consumerKey: Secret(key), consumerSecret: Secret(secret)), account: account,
        callbackBase: callback), []
    )
  }

  private static func digits(_ text: String) -> String? {
    (5...7).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) } ? text : nil
  }

  private static func number(_ text: String, in range: ClosedRange<Int>) -> Int? {
    Int(text).flatMap { range.contains($0) ? $0 : nil }
  }

  private static func seconds(_ text: String) -> Double? {
    Double(text).flatMap { $0.isFinite && $0 > 0 && $0 < 1e9 ? $0 : nil }
  }

  private static func schedule(_ text: String) -> QuerySchedule? {
    let parts = text.split(separator: ",").map { seconds($0.trimmingCharacters(in: .whitespaces)) }
    let values = parts.compactMap { $0 }
    guard !values.isEmpty, values.count == parts.count, zip(values, values.dropFirst()).allSatisfy({ $0 < $1 }) else {
      return nil
    }
    return QuerySchedule(seconds: values, jitter: QuerySchedule.standard.jitter)
  }

  /// An absolute address without user, query or fragment; slashes at its end are dropped.
  private static func baseAddress(_ text: String) -> String? {
    guard let parts = URLComponents(string: text), parts.scheme == "http" || parts.scheme == "https",
      let host = parts.host, !host.isEmpty, parts.user == nil, parts.query == nil, parts.fragment == nil
    else { return nil }
    var address = text
    while address.hasSuffix("/") { address.removeLast() }
    return address
  }

  private static func address(_ text: String) -> (String, Int)? {
    guard let colon = text.lastIndex(of: ":"),
      let port = number(String(text[text.index(after: colon)...]), in: 0...65_535)
    else { return nil }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") {
      host = String(host.dropFirst().dropLast())
    } else if host.contains(":") {
      return nil
    }
    return host.isEmpty ? nil : (host, port)
  }
}
