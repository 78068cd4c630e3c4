import Daraja
import Foundation
import Payments
import Testing

@testable import mpesad

@Suite struct SettingsTests {
  static func settings(
    file: String? = nil, environment: [String: String] = [:], flags: [Setting: String] = [:]
  ) async throws -> Settings {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let path = try file.map { try workspace.file("mpesad.yaml", $0) }
    return try Settings(try await SettingsSource(file: path, environment: environment, flags: flags))
  }

  @Test func nothingSetMeansTheDefaultsAndReceivingOnly() async throws {
    let settings = try await Self.settings()
    #expect(settings.environment == .sandbox)
    #expect(settings.darajaBaseURL == "https://sandbox.safaricom.co.ke")
    #expect(settings.listenHost == "127.0.0.1" && settings.listenPort == 8_080)
    #expect(settings.stateDirectory == "/var/lib/mpesad")
    #expect(settings.workers == 4)
    #expect(settings.schedule == .standard)
    #expect(settings.budget == .sandbox)
    #expect(settings.rules == AdmissionRules())
    #expect(settings.daraja == nil)
    #expect(settings.missing == [.consumerKey, .consumerSecret, .businessShortcode, .passkey, .callbackURL])
  }

  @Test func flagsWinOverTheEnvironmentAndThatOverTheFile() async throws {
    let file = "listen: 127.0.0.1:1001\nworkers: 2\nmpesa_query_burst: 3\n"
    let environment = ["MPESAD_LISTEN": "127.0.0.1:1002", "MPESAD_WORKERS": "5"]
    let settings = try await Self.settings(file: file, environment: environment, flags: [.listen: "[::1]:1003"])
    #expect(settings.listenHost == "::1" && settings.listenPort == 1_003)
    #expect(settings.workers == 5)
    #expect(settings.budget.burst == 3)
  }

  @Test func theNamesMerchantsKnowAreTheSameInFileAndEnvironment() async throws {
    let file = """
      mpesa_environment: production
      mpesa_consumer_key: key
      mpesa_business_shortcode: 600123
      mpesa_callback_url: https://pay.example.co.ke/api/payments/callbacks/
      """
    let environment = ["MPESA_CONSUMER_SECRET": "secret", "MPESA_PASSKEY": "passkey"]
    let settings = try await Self.settings(file: file, environment: environment)
    let access = try #require(settings.daraja)
    #expect(settings.missing == [])
    #expect(settings.darajaBaseURL == "https://api.safaricom.co.ke")
    #expect(access.credentials.consumerKey.reveal() == "key")
    #expect(access.credentials.consumerSecret.reveal() == "secret")
    #expect(access.account.shortcode == "600123" && access.account.partyB == "600123")
    #expect(access.callbackBase == "https://pay.example.co.ke/api/payments/callbacks")
    #expect(settings.budget.interval == 1_000_000)
  }

  @Test func credentialsOfSystemdAreReadFromTheirDirectory() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    _ = try workspace.file("mpesa_passkey", "from a file\n")
    let source = try await SettingsSource(
      file: nil, environment: ["CREDENTIALS_DIRECTORY": workspace.path], flags: [:])
    #expect(source.text(.passkey) == "from a file")
  }

  @Test func aRelativePathStartsFromTheFileThatItStandsInOrElseFromTheWorkingDirectory() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let paths = Setting.allCases.filter(\.isPath)
    #expect(paths.contains(.stateDirectory) && paths.allSatisfy { !$0.isMerchants })
    let here = FileManager.default.currentDirectoryPath
    for setting in paths {
      let file = try workspace.file("mpesad.yaml", "\(setting.rawValue): a/b\n")
      let inFile = try await SettingsSource(file: file, environment: [:], flags: [:])
      #expect(inFile.text(setting) == workspace.path + "/a/b")
      let named = try await SettingsSource(file: nil, environment: [setting.environmentVariable: "a/b"], flags: [:])
      #expect(named.text(setting) == here + "/a/b")
      let given = try await SettingsSource(file: file, environment: [:], flags: [setting: "./b"])
      #expect(given.text(setting) == here + "/./b")
      let absolute = try await SettingsSource(file: file, environment: [:], flags: [setting: "/a/b"])
      #expect(absolute.text(setting) == "/a/b")
    }
  }

  static let malformed: [(String, Setting)] = [
    ("mpesa_environment: live", .environment), ("listen: 8080", .listen), ("listen: host:99999", .listen),
    ("listen: ::1:80", .listen),
    ("daraja_base_url: ftp://x", .darajaBaseURL),
    ("daraja_base_url: https://user@host", .darajaBaseURL), ("jwt_secret: short", .jwtSecret), ("workers: 0", .workers),
    ("workers: 65", .workers), ("workers: four", .workers), ("mpesa_query_schedule_seconds: 60, 30", .querySchedule),
    ("mpesa_query_schedule_seconds: 30, x", .querySchedule), ("mpesa_query_schedule_seconds: \",\"", .querySchedule),
    ("mpesa_query_interval_seconds: 0", .queryInterval), ("mpesa_query_interval_seconds: nan", .queryInterval),
    ("mpesa_query_burst: -1", .queryBurst), ("mpesa_business_shortcode: 1234", .businessShortcode),
    ("mpesa_business_shortcode: 12a45", .businessShortcode), ("mpesa_callback_url: pay.example.co.ke", .callbackURL),
    ("mpesa_callback_url: https://x.example/a?b=c", .callbackURL),
    ("mpesa_transaction_type: PayBill", .transactionType),
    ("mpesa_minimum_amount: -1", .minimumAmount), ("mpesa_maximum_amount: 1e3", .maximumAmount),
    ("mpesa_maximum_amount: 0.99", .maximumAmount), ("mpesa_maximum_amount: 25000000", .maximumAmount),
    ("connection_limit: 0", .connectionLimit), ("spool_bytes: 10", .spoolBytes), ("log_level: loud", .logLevel),
    ("log_format: xml", .logFormat),
    ("mpesa_callback_policy: on", .callbackPolicy),
    ("mpesa_retention_days: -1", .retentionDays), ("mpesa_webhook_url: /events", .webhookURL),
    ("mpesa_webhook_secret: MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", .webhookSecret),
    ("mpesa_webhook_secret: whsec_c2hvcnQ=", .webhookSecret),
    ("mpesa_webhook_private_addresses: yes please", .webhookPrivateAddresses),
    ("mpesa_console: ajar", .console),
    ("mpesa_checkout_url: pay.example.co.ke", .checkoutURL), ("mpesa_checkout_url: https://x.example/?a", .checkoutURL),
    ("mpesa_merchant_name: \"\(String(repeating: "x", count: 61))\"", .merchantName),
    ("rate_limit_user_per_minute: many", .rateLimitUser),
    ("mpesa_callback_url: https://pay.example.co.ke:70000/", .callbackURL),
  ]

  @Test(arguments: malformed) func aMalformedValueIsRefusedByName(line: String, setting: Setting) async throws {
    let error = await #expect(throws: SettingsError.self) { try await Self.settings(file: line + "\n") }
    guard case .malformed(let named, let shown, _)? = error else { return #expect(Bool(false), "\(error as Any)") }
    #expect(named == setting)
    #expect(
      "\(error as Any)".contains(setting.environmentVariable)
        || error?.description.contains(setting.environmentVariable) == true)
    if setting.isSecret { #expect(shown == nil) }
  }

  @Test(arguments: [
    ("mpesa_callback_sources: 196.201.214.200, safaricom", Setting.callbackSources, "\"safaricom\""),
    ("mpesa_callback_sources: 196.201.214.0/33", .callbackSources, "\"196.201.214.0/33\""),
    ("trusted_proxies: 127.0.0.1 10/8", .trustedProxies, "\"10/8\""),
  ])
  func aWrongEntryOfAListIsNamed(line: String, setting: Setting, entry: String) async throws {
    let error = await #expect(throws: SettingsError.self) { try await Self.settings(file: line + "\n") }
    #expect(error?.settings == [setting])
    #expect(error?.description.contains(entry) == true && error?.description.contains(setting.rawValue) == true)
  }

  static let contradictory: [(String, [Setting])] = [
    ("mpesa_minimum_amount: 2\nmpesa_maximum_amount: 1", [.minimumAmount, .maximumAmount]),
    ("mpesa_minimum_amount: 1.50\nmpesa_maximum_amount: 1.99", [.minimumAmount, .maximumAmount]),
    ("tls_certificate_file: /etc/c.pem", [.tlsCertificateFile, .tlsKeyFile]),
    ("mpesa_environment: production\nmpesa_callback_url: http://pay.example.co.ke/c", [.callbackURL, .environment]),
    ("mpesa_callback_url: https://localhost/c", [.callbackURL]),
    ("mpesa_callback_url: http://127.9.9.9/c", [.callbackURL]),
    ("mpesa_callback_url: http://[::1]:8080/c", [.callbackURL]),
    ("mpesa_callback_url: http://shop.LOCALHOST./c", [.callbackURL]),
    ("mpesa_environment: production\nmpesa_webhook_url: http://shop.example/e", [.webhookURL, .environment]),
  ]

  @Test(arguments: contradictory) func settingsThatDoNotGoTogetherAreRefusedByName(
    lines: String, settings: [Setting]
  ) async throws {
    let error = await #expect(throws: SettingsError.self) { try await Self.settings(file: lines + "\n") }
    #expect(error?.settings == settings)
    for setting in settings { #expect(error?.description.contains(setting.rawValue) == true) }
  }

  @Test func aSimulatorTakesAddressesThatSafaricomRefuses() async throws {
    let file = "mpesa_callback_url: http://127.0.0.1:8080/c\ndaraja_base_url: http://127.0.0.1:8090\n"
    #expect(try await Self.settings(file: file).missing.contains(.callbackURL) == false)
  }

  @Test func aTillNeedsItsNumberAndAPaybillIsPaidAtItsShortcode() async throws {
    let common = """
      mpesa_consumer_key: key
      mpesa_consumer_secret: secret
      mpesa_business_shortcode: 600123
      mpesa_passkey: passkey
      mpesa_callback_url: https://pay.example.co.ke/c

      """
    let goods = common + "mpesa_transaction_type: CustomerBuyGoodsOnline\n"
    #expect(try await Self.settings(file: goods).missing == [.tillNumber])
    #expect(try await Self.settings(file: goods + "mpesa_till_number: 555666\n").daraja?.account.partyB == "555666")
    #expect(try await Self.settings(file: common + "mpesa_till_number: 555666\n").daraja?.account.partyB == "600123")
  }

  @Test func theSettingsTableComesLastAndHoldsOnlyWhatIsTheMerchants() async throws {
    let source = try await SettingsSource(
      file: nil, environment: ["MPESA_PASSKEY": "outside"], flags: [.queryBurst: "7"]
    ).over(table: [.passkey: "inside", .businessShortcode: "600123", .workers: "9", .tillNumber: "  "])
    #expect(source.origins(.passkey) == [.environment, .table])
    #expect(source.text(.passkey) == "outside")
    #expect(source.origin(.businessShortcode) == .table)
    #expect(source.origin(.queryBurst) == .flag)
    #expect(source.origin(.workers) == nil && source.origin(.tillNumber) == nil)
    #expect(source.over(table: [:]).text(.businessShortcode) == nil)
  }

  @Test func unknownNamesAreRefusedWithTheLikelyOne() async throws {
    await #expect(throws: SettingsError.unknown(name: "worker", place: "the environment", suggestion: nil)) {
      do {
        _ = try await Self.settings(file: "worker: 3\n")
      } catch SettingsError.unknown(let name, _, "workers") {
        throw SettingsError.unknown(name: name, place: "the environment", suggestion: nil)
      }
    }
    await #expect(
      throws: SettingsError.unknown(name: "MPESAD_WORKER", place: "the environment", suggestion: "MPESAD_WORKERS")
    ) { try await Self.settings(environment: ["MPESAD_WORKER": "3"]) }
  }

  @Test(arguments: ["- a\n- b\n", "workers: [1, 2]\n", "workers: {a: 1}\n", "workers: 1\n  bad\n", "\u{0}"])
  func aFileThatIsNotNameAndValueIsRefused(text: String) async throws {
    await #expect(throws: SettingsError.self) { try await Self.settings(file: text) }
  }

  @Test(arguments: [
    "mpesa_passkey: \"of-the-merchant", "mpesa_passkey: of-the-merchant: x", "mpesa_passkey: of-the-merchant\n- x",
  ])
  func whatIsWrongWithAFileIsToldByItsLineAndQuotesNothing(text: String) async throws {
    let error = await #expect(throws: SettingsError.self) { try await Self.settings(file: "workers: 1\n" + text) }
    let told = "\(error?.description ?? "")"
    #expect(told.contains("line ") && !told.contains("of-the-merchant"), "\(told)")
  }

  @Test(arguments: [
    ("mpesa_callback_url: https://pay.example.co.ke:8443/api/payments/callbacks", "https://pay.example.co.ke:8443"),
    ("mpesa_callback_url: https://a.example/c\nmpesa_checkout_url: https://b.example/shop/", "https://b.example/shop"),
    ("workers: 1", nil),
  ])
  func checkoutsAreAtTheHostOfTheCallbacksUnlessSaidOtherwise(lines: String, base: String?) async throws {
    let settings = try await Self.settings(file: lines + "\n")
    #expect(settings.checkoutPages.base == base && settings.standard(.checkoutURL) == base)
  }

  @Test func aMissingFileIsRefusedByPath() async throws {
    let error = await #expect(throws: SettingsError.self) {
      try await SettingsSource(file: "/nowhere/mpesad.yaml", environment: [:], flags: [:])
    }
    #expect(error?.description.contains("/nowhere/mpesad.yaml") == true)
  }

  @Test func everySettingIsDocumentedInTheExampleFileWhichIsValid() async throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let path = root.appendingPathComponent("Config/mpesad.yaml").path
    let text = try String(contentsOfFile: path, encoding: .utf8)
    for setting in Setting.allCases {
      #expect(text.contains("\n#\(setting.rawValue): "), "\(setting.rawValue) is not in Config/mpesad.yaml")
    }
    // What is said of restarts is true.
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for setting in Setting.allCases {
      let end = try #require(lines.firstIndex { $0.hasPrefix("#\(setting.rawValue): ") })
      let words = lines[..<end].reversed().prefix { $0.hasPrefix("# ") }
      #expect(words.contains { $0.hasPrefix("# (restart) ") } != setting.isLive, "\(setting.rawValue)")
    }
    _ = try Settings(try await SettingsSource(file: path, environment: [:], flags: [:]))
    // The examples themselves are valid too, apart from the places to fill in.
    let examples = text.split(separator: "\n").filter {
      $0.hasPrefix("#") && !$0.hasPrefix("# ") && !$0.hasSuffix(" ...")
    }
    .map { $0.dropFirst() }.joined(separator: "\n")
    _ = try await Self.settings(file: examples)
  }
}
