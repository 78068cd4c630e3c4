import Testing

@testable import mpesad

/// What becomes of settings that were read anew: taken up, or waiting for a restart.
@Suite struct ReloadPlanTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var before = ""
    var after = ""
    var takenUp: [Setting] = []
    var waiting: [Setting] = []
    var testDescription: String { "\(before) -> \(after)" }
  }

  static let cases = [
    Case(before: "workers: 4", after: "workers: 4"),
    Case(before: "", after: "workers: 4\nmpesa_query_burst: 1"),
    Case(
      before: "rate_limit_user_per_minute: 5", after: "trusted_proxies: 10.0.0.1\nconnection_limit: 7",
      takenUp: [.trustedProxies, .rateLimitUser, .connectionLimit]),
    Case(
      after: "mpesa_maximum_amount: 70000\nmpesa_callback_policy: enforce\nlog_level: debug",
      takenUp: [.callbackPolicy, .maximumAmount, .logLevel]),
    Case(
      after:
        "listen: 127.0.0.1:9\nstate_directory: /srv/x\nworkers: 2\nbreaker_rest_seconds: 9\nspool_bytes: 0\nlog_format: json",
      waiting: [.listen, .stateDirectory, .workers, .breakerRest, .spoolBytes, .logFormat]),
    Case(
      before: "listen: 127.0.0.1:9\njwt_issuer: a", after: "jwt_issuer: b", takenUp: [.jwtIssuer], waiting: [.listen]),
    Case(
      before: "tls_certificate_file: /a\ntls_key_file: /b", after: "tls_certificate_file: /c\ntls_key_file: /b",
      takenUp: [.tlsCertificateFile]),
    Case(
      after: "tls_certificate_file: /a\ntls_key_file: /b\nworkers: 2",
      waiting: [.tlsCertificateFile, .tlsKeyFile, .workers]),
    Case(
      before: "tls_certificate_file: /a\ntls_key_file: /b", after: "",
      waiting: [.tlsCertificateFile, .tlsKeyFile]),
    // Defaults that follow are not named.
    Case(before: "", after: "mpesa_environment: production", takenUp: [.environment]),
  ]

  @Test(arguments: cases) func whatChangesIsTakenUpOrWaits(_ row: Case) async throws {
    let before = try await SettingsTests.settings(file: row.before)
    let after = try await SettingsTests.settings(file: row.after)
    let plan = try ReloadPlan(from: before, to: after)
    #expect(plan.waiting == row.waiting)
    #expect(ReloadPlan.changes(from: before, to: plan.host) == row.takenUp)
    for setting in row.waiting { #expect(plan.host.source.text(setting) == before.source.text(setting)) }
    #expect((plan.host.tls == nil) == (before.tls == nil))
  }

  @Test func aSecretThatChangesIsTakenUpWhereverItComesFrom() async throws {
    let secret = "a-secret-of-thirty-two-bytes-000"
    let before = try await SettingsTests.settings(environment: ["MPESAD_JWT_SECRET": secret])
    let after = try await SettingsTests.settings(file: "jwt_secret: another-\(secret)")
    #expect(ReloadPlan.changes(from: before, to: try ReloadPlan(from: before, to: after).host) == [.jwtSecret])
  }

  @Test func whatWaitsGoesOnWaitingWhenItIsReadOnceMore() async throws {
    let before = try await SettingsTests.settings()
    let after = try await SettingsTests.settings(file: "workers: 2")
    let again = try ReloadPlan(from: try ReloadPlan(from: before, to: after).host, to: after)
    #expect(again.waiting == [.workers] && again.host.workers == before.workers)
  }
}
