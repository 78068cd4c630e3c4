import Daraja
import Testing

@testable import mpesad

/// Each finding on the way to Daraja, and what an operator is told about it.
@Suite struct ConnectionTestTests {
  static let now: Microseconds = 1_764_086_400_000_000
  static let day: Microseconds = 86_400_000_000

  /// Answers as the row says; everything is well where it says nothing.
  struct Scripted: NetworkProbing, DarajaProbing {
    var found: Result<[String], ProbeFailure> = .success(["196.201.214.1"])
    var connection: Result<Void, ProbeFailure> = .success(())
    var end: Result<Microseconds, ProbeFailure> = .success(now + 90 * day)
    var clock: Result<Microseconds?, ProbeFailure> = .success(now)
    var refusal: DarajaFailure?
    var answer: AccountOutcome = said("The transaction does not Exist")

    func addresses(of host: String) async -> Result<[String], ProbeFailure> { found }
    func connect(to host: String, port: Int) async -> Result<Void, ProbeFailure> { connection }
    func certificateEnd(of host: String, port: Int) async -> Result<Microseconds, ProbeFailure> { end }
    func time(at url: String) async -> Result<Microseconds?, ProbeFailure> { clock }
    func token() async -> DarajaFailure? { refusal }
    func account() async -> AccountOutcome { answer }
  }

  static func said(_ message: String) -> AccountOutcome {
    .asked(
      .noInformation(DarajaFailure(kind: .noInformation, httpStatus: 500, code: "500.001.1001", message: message)))
  }

  static func test(
    _ probe: Scripted, base: String = "https://sandbox.safaricom.co.ke", callback: String? = nil,
    missing: [Setting] = []
  ) -> ConnectionTest {
    ConnectionTest(
      baseURL: base, callbackURL: callback, isSimulated: false, missing: missing, network: probe,
      daraja: missing.isEmpty ? probe : nil, now: { now })
  }

  struct Row: Sendable, CustomTestStringConvertible {
    var name: String
    var step: ConnectionStep
    var probe = Scripted()
    var outcome: StepResult.Outcome
    /// What the detail and the advice must hold.
    var told: [String] = []
    var testDescription: String { name }
  }

  static let broken = ProbeFailure(detail: "it is broken")
  static let network: [Row] = [
    Row(name: "a host with addresses", step: .dns, outcome: .passed, told: ["196.201.214.1"]),
    Row(
      name: "a host that cannot be resolved", step: .dns, probe: Scripted(found: .failure(broken)), outcome: .failed,
      told: ["it is broken", "sandbox.safaricom.co.ke", "DNS"]),
    Row(name: "a host without addresses", step: .dns, probe: Scripted(found: .success([])), outcome: .failed),
    Row(name: "an open port", step: .tcp, outcome: .passed, told: [":443"]),
    Row(
      name: "a closed port", step: .tcp, probe: Scripted(connection: .failure(broken)), outcome: .failed,
      told: ["it is broken", "firewall"]),
    Row(name: "a good certificate", step: .tls, outcome: .passed, told: ["valid until 2026-02-23"]),
    Row(
      name: "a certificate that ends in three days", step: .tls, probe: Scripted(end: .success(now + 3 * day)),
      outcome: .warned, told: ["3 days"]),
    Row(
      name: "a certificate nobody trusts", step: .tls, probe: Scripted(end: .failure(broken)), outcome: .failed,
      told: ["it is broken", "ca-certificates"]),
    Row(name: "clocks that agree", step: .clock, outcome: .passed),
    Row(
      name: "a clock 60 s ahead", step: .clock, probe: Scripted(clock: .success(now - 60_000_000)), outcome: .passed),
    Row(
      name: "a clock 61 s ahead", step: .clock, probe: Scripted(clock: .success(now - 61_000_000)), outcome: .warned,
      told: ["61 s ahead"]),
    Row(
      name: "a clock an hour behind", step: .clock, probe: Scripted(clock: .success(now + 3_600_000_000)),
      outcome: .warned, told: ["behind", "timedatectl"]),
    Row(name: "no Date header", step: .clock, probe: Scripted(clock: .success(nil)), outcome: .skipped),
  ]

  static func refusing(_ kind: DarajaFailure.Kind, _ message: String = "no") -> Scripted {
    Scripted(refusal: DarajaFailure(kind: kind, httpStatus: 400, message: message))
  }

  static let daraja: [Row] = [
    Row(name: "a token", step: .token, outcome: .passed),
    Row(
      name: "wrong key or secret", step: .token, probe: refusing(.credentials), outcome: .failed,
      told: ["mpesa_consumer_key", "mpesa_consumer_secret", "HTTP 400"]),
    Row(
      name: "an app without the product", step: .token, probe: refusing(.notSubscribed), outcome: .failed,
      told: ["Daraja portal"]),
    Row(
      name: "a block page", step: .token, probe: refusing(.blockPage), outcome: .failed, told: ["Try again"]),
    Row(name: "an unknown push: past the password", step: .account, outcome: .passed),
    Row(
      name: "a passkey of another shortcode", step: .account, probe: Scripted(answer: said("Wrong credentials")),
      outcome: .failed, told: ["mpesa_passkey", "mpesa_business_shortcode", "500.001.1001"]),
    Row(
      name: "an unknown shortcode", step: .account, probe: Scripted(answer: said("Merchant does not exist")),
      outcome: .failed, told: ["mpesa_business_shortcode", "mpesa_environment"]),
    Row(
      name: "spike arrest says nothing", step: .account,
      probe: Scripted(answer: .asked(.noInformation(DarajaFailure(kind: .rateLimited, message: "Spike arrest")))),
      outcome: .failed, told: ["says nothing"]),
    Row(
      name: "an internal error says nothing", step: .account, probe: Scripted(answer: said("Internal Server Error")),
      outcome: .failed, told: ["says nothing"]),
    Row(
      name: "a spent budget", step: .account, probe: Scripted(answer: .later(Moment(now))), outcome: .failed,
      told: ["query budget"]),
  ]

  @Test(arguments: network + daraja) func eachFindingIsToldWithWhatToDo(row: Row) async {
    let result = await Self.test(row.probe).perform(row.step)
    #expect(result.outcome == row.outcome)
    let text = result.detail + " " + (result.advice ?? "")
    for words in row.told { #expect(text.contains(words), "\(text)") }
    #expect((result.advice != nil) == (row.outcome == .failed || row.outcome == .warned))
    if row.outcome == .failed, !row.told.contains("query budget") {
      #expect(result.detail.hasPrefix("Failed to connect to M-Pesa API"), "\(result.detail)")
    }
  }

  @Test func withoutTLSNoneIsTried() async {
    let result = await Self.test(Scripted(end: .failure(Self.broken)), base: "http://127.0.0.1:8090").perform(.tls)
    #expect(result.outcome == .skipped && result.detail.contains("not used"))
  }

  @Test(arguments: [ConnectionStep.token, .account]) func missingSettingsAreNamedWithTheGuidesWords(
    step: ConnectionStep
  ) async {
    let result = await Self.test(Scripted(), missing: [.passkey, .callbackURL]).perform(step)
    #expect(result.outcome == .failed)
    #expect(result.detail == "Missing required M-Pesa settings: mpesa_passkey, mpesa_callback_url.")
  }

  static let callbacks: [(String?, StepResult.Outcome, String)] = [
    (nil, .failed, "mpesa_callback_url is not set"), ("https://pay.example/api/payments/callbacks", .passed, "valid"),
    ("http://pay.example/callbacks", .warned, "sandbox only"), ("https://pay.example/mpesa", .warned, "mpesa"),
  ]

  @Test(arguments: callbacks) func theCallbackAddressIsJudgedByItsForm(
    address: String?, outcome: StepResult.Outcome, told: String
  ) async {
    let result = await Self.test(Scripted(), callback: address).perform(.callback)
    #expect(result.outcome == outcome && result.detail.contains(told), "\(result)")
  }

  @Test(arguments: [
    ("Sun, 06 Nov 1994 08:49:37 GMT", Int64(784_111_777_000_000)), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
  ])
  func dateHeadersAreRead(header: String, time: Microseconds) {
    #expect(NetworkProbe.time(header) == time)
  }

  @Test(arguments: ["", "yesterday", "1994-11-06T08:49:37Z"]) func whatIsNoDateIsNone(header: String) {
    #expect(NetworkProbe.time(header) == nil)
  }
}
