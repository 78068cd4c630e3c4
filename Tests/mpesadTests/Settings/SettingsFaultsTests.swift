import Gateway
import Testing

@testable import mpesad

/// What a daemon makes of wrong settings at its start: the merchant's keep it from sending, never from receiving.
@Suite struct SettingsFaultsTests {
  static let complete = """
    mpesa_consumer_key: key
    mpesa_consumer_secret: secret
    mpesa_business_shortcode: 600123
    mpesa_passkey: passkey
    mpesa_callback_url: https://pay.example.co.ke/c

    """

  static func start(_ file: String, environment: [String: String] = [:]) async throws -> Settings {
    let workspace = try Workspace()
    defer { workspace.remove() }
    return try Settings(
      leavingOutFaultsOf: try await SettingsSource(
        file: try workspace.file("mpesad.yaml", file), environment: environment, flags: [:]))
  }

  static let merchants: [([String: String], [Setting])] = [
    (["MPESA_BUSINESS_SHORTCODE": "12"], [.businessShortcode]),
    (["MPESA_CALLBACK_URL": "pay.example.co.ke"], [.callbackURL]),
    (["MPESA_CALLBACK_URL": "https://localhost/c"], [.callbackURL]),
    (["MPESA_ENVIRONMENT": "prod"], [.environment]),
    (
      ["MPESA_ENVIRONMENT": "production", "MPESA_CALLBACK_URL": "http://pay.example.co.ke/c"],
      [.environment, .callbackURL]
    ),
    (["MPESA_MINIMUM_AMOUNT": "5", "MPESA_MAXIMUM_AMOUNT": "4"], [.minimumAmount, .maximumAmount]),
    (["MPESA_TILL_NUMBER": "x", "MPESA_QUERY_BURST": "y"], [.tillNumber, .queryBurst]),
    (["MPESA_CALLBACK_SOURCES": "safaricom"], [.callbackSources]),
    (["MPESA_WEBHOOK_SECRET": "plain"], [.webhookSecret]),
  ]

  @Test(arguments: merchants) func aWrongSettingOfTheMerchantsIsNamedAndNothingIsSent(
    environment: [String: String], wrong: [Setting]
  ) async throws {
    let settings = try await Self.start(Self.complete, environment: environment)
    #expect(Set(settings.source.faults.keys) == Set(wrong))
    for setting in wrong {
      #expect(settings.source.faults[setting]?.contains("\(setting.rawValue) is set in the environment") == true)
      // It does not fall back to the file that it was to win over.
      #expect(settings.source.text(setting) == nil)
      #expect(ReadinessLog.needs(settings).contains(setting.rawValue))
    }
    #expect(settings.daraja == nil && Set(settings.missing) == Set(wrong))
  }

  @Test func nothingIsLeftOutOfWhatIsGood() async throws {
    let settings = try await Self.start(Self.complete)
    #expect(settings.daraja != nil && settings.missing.isEmpty && settings.source.faults.isEmpty)
    #expect(ReadinessLog.needs(settings) == "")
  }

  @Test func aListThatCannotBeReadTurnsNobodyAway() async throws {
    let settings = try await Self.start("mpesa_callback_policy: enforce\nmpesa_callback_sources: nowhere")
    #expect(settings.callbacks.policy == .log)
    let good = try await Self.start("mpesa_callback_policy: enforce\nmpesa_callback_sources: 10.0.0.1")
    #expect(good.callbacks.policy == .enforce)
  }

  @Test(arguments: ["listen: 8080", "jwt_secret: short", "tls_key_file: /a", "trusted_proxies: x", "worker: 3"])
  func aWrongSettingOfTheHostsEndsTheStart(line: String) async throws {
    await #expect(throws: SettingsError.self) { try await Self.start(Self.complete + line) }
  }

  @Test func theTableCannotHealWhatIsWrongOutsideOfIt() async throws {
    try await LiveSettingsTests.use { ground in
      let host = try await Self.start("mpesa_business_shortcode: 12")
      let live = try await LiveSettings(
        over: host, store: ground.store, seal: ground.seal, audit: ground.audit)
      try await live.change(LiveSettingsTests.complete, by: "asha", at: 1)
      #expect(live.current.daraja == nil && live.current.missing == [.businessShortcode])
      #expect(await live.table.problems[.businessShortcode]?.contains("5 to 7 digits") == true)
      // Taken away outside, the table's own counts.
      await live.adopt(try await live.candidate(over: try await Self.start("")))
      #expect(live.current.daraja?.account.shortcode == "174379")
    }
  }
}
