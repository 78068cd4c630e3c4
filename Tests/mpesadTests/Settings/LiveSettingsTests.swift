import Crypto
import Daraja
import Foundation
import Logging
import Reconciliation
import Store
import Synchronization
import Testing

@testable import mpesad

/// The settings table under the host's settings, changed while somebody listens.
@Suite struct LiveSettingsTests {
  static let complete: [Setting: String?] = [
    .consumerKey: "key", .consumerSecret: "secret", .businessShortcode: "174379", .passkey: "passkey",
    .callbackURL: "https://pay.example.co.ke/c",
  ]

  /// A store, a seal and what was logged.
  struct Ground {
    let store: SQLiteStore
    var seal: Result<Seal, any Error> = .success(Seal(key: SymmetricKey(size: .bits256)))
    let lines = LineRecorder()

    func live(environment: [String: String] = [:], flags: [Setting: String] = [:]) async throws -> LiveSettings {
      let source = try await SettingsSource(file: nil, environment: environment, flags: flags)
      return try await LiveSettings(
        over: Settings(source), store: store, seal: seal, audit: audit)
    }

    var audit: Audit { Audit(logger: Logger(label: "test") { _ in lines.handler }) }
  }

  static func use(_ body: (Ground) async throws -> Void) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let store = try SQLiteStore(directory: workspace.path, logger: Logger(label: "test"))
    do {
      try await body(Ground(store: store))
      await store.close()
    } catch {
      await store.close()
      throw error
    }
  }

  @Test func aChangeIsStoredAndTakenUpInBothDirections() async throws {
    try await Self.use { ground in
      let live = try await ground.live()
      let heard = Mutex<[Bool]>([])
      await live.onChange { settings in heard.withLock { $0.append(settings.daraja != nil) } }
      try await live.change(Self.complete, by: "asha", at: 1)
      #expect(live.current.daraja?.account.shortcode == "174379")
      try await live.change([.passkey: nil], by: "asha", at: 2)
      #expect(live.current.missing == [.passkey])
      #expect(heard.withLock { $0 } == [false, true, false])
      // The next start reads the same.
      #expect(try await ground.live().current.missing == [.passkey])
    }
  }

  static let refused: [([Setting: String?], [Setting])] = [
    ([.businessShortcode: "1234", .passkey: "new"], [.businessShortcode]),
    ([.minimumAmount: "300000"], [.minimumAmount, .maximumAmount]),
    ([.callbackURL: "http://localhost/c"], [.callbackURL]),
    ([.environment: "production", .callbackURL: "http://pay.example/c"], [.callbackURL, .environment]),
    ([.querySchedule: "60, 30"], [.querySchedule]),
  ]

  @Test(arguments: refused) func whatWouldBeWrongIsRefusedByNameAndNothingIsStored(
    changes: [Setting: String?], named: [Setting]
  ) async throws {
    try await Self.use { ground in
      let live = try await ground.live()
      try await live.change(Self.complete, by: "asha", at: 1)
      let before = try await ground.store.settings()
      let error = await #expect(throws: SettingsError.self) { try await live.change(changes, by: "asha", at: 2) }
      #expect(error?.settings == named)
      #expect(try await ground.store.settings() == before)
    }
  }

  @Test func whatTheEnvironmentHidesIsCheckedAllTheSame() async throws {
    try await Self.use { ground in
      let live = try await ground.live(environment: ["MPESA_BUSINESS_SHORTCODE": "600123"])
      await #expect(throws: SettingsError.self) {
        try await live.change([.businessShortcode: "12"], by: "asha", at: 1)
      }
      try await live.change([.businessShortcode: "174379"], by: "asha", at: 1)
      #expect(live.current.source.text(.businessShortcode) == "600123")
    }
  }

  @Test func secretsAreSealedInTheTableAndToldAsFingerprints() async throws {
    try await Self.use { ground in
      let live = try await ground.live()
      try await live.change([.passkey: "first-passkey", .maximumAmount: "5000"], by: "asha", at: 1)
      try await live.change([.passkey: "second-passkey"], by: "juma", at: 2)
      for row in try await ground.store.settings() where row.name == Setting.passkey.rawValue {
        guard case .sealed = row.value else { return #expect(Bool(false), "\(row.value)") }
        #expect(row.changedBy == "juma" && row.changedAt == 2)
      }
      let told = ground.lines.all.filter { $0.contains("settings_changed") }
      #expect(told.count == 2, "one line for each change")
      let (old, new) = (Fingerprint.of("first-passkey"), Fingerprint.of("second-passkey"))
      #expect(old.count == 8 && old != new)
      #expect(told.first?.contains("mpesa_passkey: not set -> \(old)") == true)
      #expect(told.first?.contains("mpesa_maximum_amount: not set -> 5000") == true)
      #expect(told.last?.contains("\(old) -> \(new)") == true && told.last?.contains("juma") == true)
      #expect(!ground.lines.all.contains { $0.contains("-passkey") })
    }
  }

  @Test func secretsUnderALostKeyAreNamedAndOnlyReceivingGoesOn() async throws {
    try await Self.use { ground in
      try await ground.live().change(Self.complete, by: "asha", at: 1)
      var restored = ground
      restored.seal = .success(Seal(key: SymmetricKey(size: .bits256)))
      let live = try await restored.live()
      #expect(live.current.missing == [.consumerKey, .consumerSecret, .passkey])
      let problem = try #require(await live.table.problems[.passkey])
      #expect(problem.contains("mpesa_passkey") && problem.contains("set-mpesa-credentials"))
      // Set again, they are good.
      try await live.change(
        [.consumerKey: "key", .consumerSecret: "secret", .passkey: "passkey"], by: "asha", at: 2)
      #expect(live.current.daraja != nil)
      #expect(await live.table.problems.isEmpty)
    }
  }

  @Test func withoutAnyKeyNoSecretIsStored() async throws {
    try await Self.use { ground in
      var keyless = ground
      keyless.seal = .failure(DaemonError.settingsKey(path: "/x/settings.key", detail: "it cannot be read"))
      let live = try await keyless.live()
      await #expect(throws: DaemonError.self) { try await live.change([.passkey: "secret"], by: "asha", at: 1) }
      try await live.change([.maximumAmount: "5000"], by: "asha", at: 1)
      #expect(try await ground.store.settings().map(\.name) == ["mpesa_maximum_amount"])
    }
  }

  @Test func aTableThatWasDamagedDoesNotStopTheDaemon() async throws {
    try await Self.use { ground in
      try await ground.store.changeSettings(
        [
          "mpesa_business_shortcode": .plain("nonsense"), "mpesa_minimum_amount": .plain("9"),
          "mpesa_maximum_amount": .plain("8"), "mpesa_from_the_future": .plain("x"), "workers": .plain("60"),
          "mpesa_till_number": .plain("555666"),
        ], by: "asha", at: 1)
      let live = try await ground.live()
      #expect(
        await live.table.problems.keys.sorted { $0.rawValue < $1.rawValue } == [
          .businessShortcode, .maximumAmount, .minimumAmount,
        ])
      #expect(live.current.workers == 4)
      #expect(live.current.source.text(.tillNumber) == "555666")
      #expect(live.current.rules.maximum == Amount(cents: 25_000_000))
    }
  }

  @Test func changesAtTheSameTimeAreCarriedOutOneAfterTheOther() async throws {
    try await Self.use { ground in
      let live = try await ground.live()
      try await live.change([.minimumAmount: "10", .maximumAmount: "10"], by: "asha", at: 1)
      // Each is fine alone, the two together are not: whichever comes second must be refused.
      async let up: Void = live.change([.minimumAmount: "9", .maximumAmount: "9"], by: "asha", at: 2)
      async let down: Void = live.change([.minimumAmount: "10"], by: "juma", at: 2)
      let outcomes = await [(try? up) != nil, (try? down) != nil]
      #expect(outcomes.contains(true))
      let rules = live.current.rules
      #expect(rules.minimum <= rules.maximum)
    }
  }
}
