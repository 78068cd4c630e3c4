import Foundation
import Reconciliation
import Synchronization
import Systemd
import Testing

@testable import mpesad

/// One reload: everything comes into force, or nothing does.
@Suite struct ReloadingTests {
  private struct Broken: Error, CustomStringConvertible {
    var description: String { "line 3 is wrong" }
  }

  /// Settings in force, a file that can be rewritten, and what is told and done.
  private final class Rig: ServiceNotifying {
    let live: LiveSettings
    let lines: LineRecorder
    private let state = Mutex((file: "", told: [[String]](), done: [String]()))

    init(_ ground: LiveSettingsTests.Ground) async throws {
      live = try await ground.live()
      lines = ground.lines
    }

    /// What the manager was told: the first words, message by message.
    var told: [[String]] { state.withLock { $0.told } }
    /// What parts did, in order.
    var done: [String] { state.withLock { $0.done } }

    func notify(_ notices: [ServiceNotice]) {
      state.withLock { $0.told.append(notices.map { String($0.text.prefix { $0 != "=" }) }) }
    }

    func write(_ file: String) { state.withLock { $0.file = file } }
    func does(_ what: String) { state.withLock { $0.done.append(what) } }

    func reloading(_ parts: [Reloading.Part] = []) -> Reloading {
      Reloading(
        read: { try await SettingsTests.settings(file: self.state.withLock { $0.file }) }, live: live, parts: parts,
        audit: Audit(logger: .init(label: "test") { [lines] _ in lines.handler }), manager: self)
    }

    /// A part that can be read.
    func part(_ name: String) -> Reloading.Part {
      Reloading.Part { _, _ in
        self.does("\(name) read")
        return Reloading.Prepared(name: name) { self.does("\(name) in force") }
      }
    }
  }

  private static func use(_ body: (Rig) async throws -> Void) async throws {
    try await LiveSettingsTests.use { ground in try await body(try await Rig(ground)) }
  }

  @Test func whatIsGoodComesIntoForceAndIsToldToEverybody() async throws {
    try await Self.use { rig in
      let heard = Mutex<[Int?]>([])
      await rig.live.onChange { settings in heard.withLock { $0.append(settings.rateLimits.user) } }
      rig.write("rate_limit_user_per_minute: 7\nworkers: 9\n")
      let report = try await rig.reloading([rig.part("one"), rig.part("two")]).reload(by: "asha").get()
      #expect(report.takenUp == ["rate_limit_user_per_minute"] && report.needRestart == ["workers"])
      #expect(heard.withLock { $0 } == [120, 7])
      #expect(rig.live.current.workers == 4, "what needs a restart is not said to be in force")
      #expect(rig.done == ["one read", "two read", "one in force", "two in force"])
      #expect(rig.told == [["RELOADING"], ["READY"]])
      let entry = try #require(rig.lines.all.first { $0.contains("MPESA_EVENT=reloaded") })
      #expect(entry.hasPrefix("notice") && entry.contains("MPESA_ACTOR=asha"))
      #expect(entry.contains("Needs a restart: workers."))
    }
  }

  static let refused = [
    ("workers: none", "workers"), ("worker: 3", "workers"), ("mpesa_passkey: [1]", "mpesa_passkey"),
    ("mpesa_business_shortcode: 12", "mpesa_business_shortcode"), ("a: b: c", "line 1"),
    ("mpesa_environment: production\nmpesa_callback_url: http://pay.example.co.ke/c", "mpesa_callback_url"),
    ("jwt_secret: short", "jwt_secret"), ("tls_key_file: /a", "tls_certificate_file"),
  ]

  @Test(arguments: refused) func aFileThatIsWrongIsRefusedAndNothingChanges(file: String, named: String) async throws {
    try await Self.use { rig in
      rig.write("rate_limit_user_per_minute: 7")
      let reloading = rig.reloading([rig.part("one")])
      _ = try await reloading.reload(by: "asha").get()
      rig.write("rate_limit_user_per_minute: 8\n" + file)
      guard case .failure(let refusal) = await reloading.reload(by: "asha") else {
        return #expect(Bool(false), "it was taken up")
      }
      #expect(refusal.kind == .misconfigured)
      #expect(refusal.description.contains(named.replacing("line 1", with: "line 2")), "\(refusal)")
      #expect(rig.live.current.rateLimits.user == 7)
      #expect(rig.done == ["one read", "one in force"])
      #expect(rig.told.suffix(2) == [["RELOADING"], ["READY", "STATUS"]])
      #expect(rig.lines.all.contains { $0.hasPrefix("error") && $0.contains("MPESA_EVENT=reload_refused") })
    }
  }

  @Test func aRefusalIsSaidUntilAReloadComesIntoForce() async throws {
    try await Self.use { rig in
      let reloading = rig.reloading()
      #expect(reloading.refusal.current == nil)
      rig.write("workers: none")
      _ = await reloading.reload(by: "asha")
      #expect(reloading.refusal.current?.contains("workers") == true)
      rig.write("")
      _ = await reloading.reload(by: "asha")
      #expect(reloading.refusal.current == nil)
    }
  }

  @Test func aPartThatCannotBeReadKeepsEverythingAsItWas() async throws {
    try await Self.use { rig in
      rig.write("rate_limit_user_per_minute: 7")
      let broken = Reloading.Part { _, _ in throw Broken() }
      guard case .failure(let refusal) = await rig.reloading([rig.part("one"), broken]).reload(by: "asha") else {
        return #expect(Bool(false), "it was taken up")
      }
      #expect(refusal.description.contains("line 3 is wrong"))
      #expect(rig.done == ["one read"])
      #expect(rig.live.current.rateLimits.user == 120)
    }
  }

  @Test func aFileThatTheTableDoesNotGoWithIsRefusedByName() async throws {
    try await Self.use { rig in
      try await rig.live.change([.minimumAmount: "10"], by: "juma", at: 1)
      rig.write("mpesa_maximum_amount: 5")
      guard case .failure(let refusal) = await rig.reloading().reload(by: "asha") else {
        return #expect(Bool(false), "it was taken up")
      }
      #expect(refusal.kind == .misconfigured)
      #expect(refusal.description.contains("mpesa_minimum_amount") && refusal.description.contains("settings table"))
      #expect(rig.live.current.rules.minimum.description == "10.00")
    }
  }

  @Test func whatTheTableCouldNotUseBeforeIsNoReasonToRefuse() async throws {
    try await LiveSettingsTests.use { ground in
      try await ground.store.changeSettings(["mpesa_till_number": .plain("nonsense")], by: "juma", at: 1)
      let rig = try await Rig(ground)
      rig.write("rate_limit_user_per_minute: 7")
      _ = try await rig.reloading().reload(by: "asha").get()
      #expect(rig.live.current.rateLimits.user == 7)
    }
  }

  @Test func reloadsAtTheSameTimeAreDoneOneAfterTheOther() async throws {
    try await Self.use { rig in
      let slow = Reloading.Part { _, _ in
        rig.does("begins")
        try await Task.sleep(for: .milliseconds(5))
        return Reloading.Prepared(name: "slow") { rig.does("ends") }
      }
      let reloading = rig.reloading([slow])
      await withTaskGroup(of: Void.self) { group in
        for _ in 0..<8 { group.addTask { _ = await reloading.reload(by: "asha") } }
      }
      #expect(rig.done == Array(repeating: ["begins", "ends"], count: 8).flatMap { $0 })
      #expect(rig.told == Array(repeating: [["RELOADING"], ["READY"]], count: 8).flatMap { $0 })
    }
  }
}
