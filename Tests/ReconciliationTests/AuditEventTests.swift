import Daraja
import Foundation
import Logging
import Payments
import Store
import Testing

@testable import Reconciliation

@Suite("Audit events: names, numbers and levels that others rely on")
struct AuditEventTests {
  /// Name, level and `MESSAGE_ID` of every event. Alerts, searches and the message catalogs of installed packages stand on them: a line
  /// here is never changed, only added.
  static let pinned = """
    push_requested notice e2144cf5975848d8a007df3705ba990f
    push_accepted notice ce3b84d9b9c74882b16b90aaf69e730a
    push_rejected notice 2897632ad7c948428cde069df69dc6ab
    push_uncertain notice df3687c468f9495da1ff2ae9126bb618
    completed notice 27dada4f4ac24ae5bbadec3bbdc5f3c2
    failed notice c5fc7155de534ee286be9688c0a658e6
    review warning e5cad275a9ca448aa33d7d600f36d3a6
    late_success notice 1188daa963264b88908969788336654d
    receipt_filled notice 00a02e621cd94c9fa75a98ca62e81112
    contradicted warning f6030e086b3b4a698bea936a68320cb4
    duplicate notice 80ae0fe56db44b2f8a18c22f8eb0d274
    ignored notice 61c064215c224a86bb92441e5d5fa032
    untrusted notice 762b181add7e43e08ebfe8d687101573
    no_information notice 75038341989f4c0390893a85718763c3
    ruling notice 2ff98d6c0dec4caeb446a5cdf46cf6ba
    matched notice 91401a836ad44856ae92514139ee0f13
    callback_accepted info f685c720d5e94e49b537cfaaae1caab8
    source_unlisted notice 16b2a0fbf5a34ce09f61d97343e58dc0
    source_refused warning bf4b03b571c74d0e86720142661ad2cf
    proven_callback_refused error 095360e3f12b4f40b6dfd5d67001e1a5
    source_limited notice da095c1e3a0a4d6ab8dd421a8ec03638
    wrong_token notice 00b65019bb5b4090bcf73831b714d1fe
    callback_unstored error d5c2d3cac0ff4dff8204235fcb9ca929
    delivery_parked info 23e4caa2d51c4e77bfc5edd662e3936b
    delivery_unmatched warning 68c08f18c0b84f279cd354825da5e8ec
    delivery_quarantined warning b25f413c91ac47e3b1aefdbf0a26e068
    delivery_refused error 44d906e351dd4ced9e9d9c775db2acf8
    query_answered info 860ad478965d41e3b0de3915c9dd26f4
    query_unanswered info 641348120c544aefab2852123df64e62
    query_budget_exhausted info f5f14f53c07c487bb3e4730751c7bed3
    breaker_opened warning 564e3445c206469cb4bce9549ff86583
    breaker_closed notice 9fd0458c219d4f2cb97e58f4ba4398b8
    webhook_delivered info bd61df6a8101441e9bfbeebc2afaa30c
    webhook_retried notice 3ce1a0b199144249b03679de9886c78f
    webhook_parked error dd6483f92aa848b5a176ebd343f5c2d7
    webhook_unaddressed info 199b067e07cb4718b6fb856c710c96bb
    webhooks_impossible warning aea52fc3b1f74b218f56f633555824f1
    database_failed critical e9e1d44cdd0b4620b180809144590a73
    database_recovered notice 9b9fb6e8d7ca4ea988adc42442cfcd10
    database_unusable critical 1aeb848a61714ffab5c45ff9c17a8266
    database_opened notice 6cd85dbf87e540a79cd2da6b37f461bf
    copy_in_place warning d65d6e2c023e4f69a4b958c15d740ebf
    outcome_unknown critical 4bd7abcbd0f046fb82c3a93f35c4ebb4
    database_damaged critical 380df109cfb64fd190b5ed28eacd2f5b
    files_displaced critical ce1cc902cf3f4f46bdaa68b62cf93f80
    database_rescued warning fe37203cc3034f24a3e37b8372775229
    database_rescue_failed critical bcdea68263f8410086cde2a5926bebfb
    spool_used warning fff38b95477449318c0fa0c1c4d39bd5
    spool_drained notice c675dcc10a73416e9a719fa0aa8bec16
    spool_unusable critical ae11dfacfb1f46fda06c334e71d766fb
    spool_damaged critical 9dcc0872e6fd4ef9b8722f284e680ab0
    spool_filling warning 5f3642aff09346828fc390b94b0bce0b
    spool_replaced notice 61bd3dc185104a47a73f75e161fbe788
    callbacks_refused critical a7751db741dc4eff95d4c96c86fc7d84
    checkpoint_failed warning 6b0051f0c8bd42b4845b2aa2a290aaf6
    started notice b7811ce1b6154068ad06adecf3744071
    ready notice d3839e338f404de0a05bcd41409ef9d6
    reloaded notice 290b4af802ab411fb7a980431f2df0dc
    reload_refused error 4ff64aa13aae421cb9a82c81424dcc38
    stopped notice 9fed45237a7d4e4fa1b16dd0b38cba76
    admin_socket_missing error 9c0dca9c92204a259713cb772e3bc3c1
    certificate_ends warning 81e0271248fc4e8cb4b36fef6e107aa8
    receive_only warning e09b79579e0645138c36653342c0a8a6
    settings_complete notice c97b11c6ec5845338d4d4786eaaef162
    setting_unusable error 8999ca7c8c264bf1ac76c5da50441c99
    settings_changed notice bdf72878740e41df8bede5d82395ea5d
    login notice 7c0a732f7aae40b7b5239b604997901a
    login_refused warning 81c783ef902f46d9a7ed59a01ebe6dea
    logout notice d7751784121b475e842bb3b4005927d9
    operator notice b44d5c4618004272a5390118f915bc0d
    retention notice cc648199fc6541dbaabe9e318946da4a
    clock_stepped warning 319514990d9b423aaf458cfe009b543e
    clock_doubted warning 96a52c505a334f1bb31357483769b1fe
    unproven_purged notice 36530af89f0b4a13bf67079c50c27897
    trouble error c4b3f2b7c8e949ffa260b1498cdac4e4
    """

  @Test("Every event is as it was first published")
  func pins() {
    let events = AuditEvent.allCases.map { "\($0.rawValue) \($0.definition.level) \($0.definition.messageID)" }
    #expect(events == Self.pinned.split(separator: "\n").map(String.init))
  }

  @Test("No two events share a number, and each is one that systemd takes")
  func numbers() {
    let numbers = AuditEvent.allCases.map(\.definition.messageID)
    #expect(Set(numbers).count == numbers.count)
    for number in numbers { #expect(number.wholeMatch(of: /[0-9a-f]{32}/) != nil, "\(number)") }
  }

  @Test("The names of fields are ones that the journal takes from a client")
  func fieldNames() {
    for field in AuditField.allCases { #expect(field.rawValue.wholeMatch(of: /MPESA_[A-Z_]{1,58}/) != nil, "\(field)") }
  }

  @Test("What the store tells is as loud in the audit log as in the store's own")
  func storeLevels() {
    let notices: [StoreNotice] = [
      .databaseFailed(detail: ""), .databaseRecovered, .spoolUsed, .spoolDrained(deliveries: 1),
      .spoolMissing(detail: ""), .spoolReplaced, .spoolUnreadable(detail: ""), .spoolDamaged(parts: 1, bytes: 1),
      .spoolFilling(used: 1, of: 1),
      .databaseUnusable(detail: ""), .databaseOpened, .outcomeUnknown(detail: ""), .databaseDamaged(detail: ""),
      .filesDisplaced(detail: ""), .databaseRescued(path: ""), .rescueFailed(detail: ""), .callbacksRefused,
      .checkpointFailed(detail: ""),
    ]
    for notice in notices { #expect(AuditEvent(notice).definition.level == notice.level, "\(notice)") }
  }

  @Test("What the store tells is written with its cause and its number")
  func storeNotices() {
    let log = LogRecorder()
    let logger = Logger(label: "test") { _ in log }
    logger.audit(StoreNotice.databaseFailed(detail: "disk full"))
    logger.audit(StoreNotice.spoolDrained(deliveries: 17))
    #expect(log.fields.map { $0["MPESA_EVENT"] } == ["database_failed", "spool_drained"])
    #expect(log.fields[0]["MPESA_ERROR"] == "disk full" && log.fields[1]["MPESA_COUNT"] == "17")
  }

  @Test("A sign-in names who and from where; one that is refused never repeats what was typed")
  func login() {
    let log = LogRecorder()
    let audit = Audit(logger: Logger(label: "test") { _ in log })
    audit.loggedIn("asha", from: "192.0.2.7")
    audit.loginRefused("the link was used before", of: "asha", from: "192.0.2.8")
    audit.loginRefused("no such link", from: "192.0.2.9")
    audit.loggedOut("asha", from: "192.0.2.7")
    #expect(log.fields.map { $0["MPESA_EVENT"] } == ["login", "login_refused", "login_refused", "logout"])
    #expect(log.fields.map { $0["MPESA_ACTOR"] } == ["asha", "asha", nil, "asha"])
    #expect(log.fields.map { $0["MPESA_SOURCE"] } == ["192.0.2.7", "192.0.2.8", "192.0.2.9", "192.0.2.7"])
    #expect(log.entries.map(\.level) == [.notice, .warning, .warning, .notice])
    #expect("\(log.entries[1].message)" == "A sign-in was refused: the link was used before.")
  }

  @Test("A reload names who wanted it, what is in force and what waits for a restart")
  func reload() {
    let log = LogRecorder()
    let audit = Audit(logger: Logger(label: "test") { _ in log })
    audit.reloaded("Read again.", takenUp: ["log_level"], needRestart: ["listen", "workers"], by: "asha")
    audit.reloadRefused("listen: no port", by: "SIGHUP")
    #expect(log.fields.map { $0["MPESA_EVENT"] } == ["reloaded", "reload_refused"])
    #expect(log.fields.map { $0["MPESA_ACTOR"] } == ["asha", "SIGHUP"])
    #expect(log.fields[0]["MPESA_SETTINGS"] == "log_level" && log.fields[0]["MPESA_NEED_RESTART"] == "listen workers")
  }

  @Test("An entry is written only where its level is wanted, and costs nothing where it is not")
  func unwanted() {
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    func never() -> AuditFields {
      Issue.record("fields of an entry that nobody wants")
      return [:]
    }
    logger.audit(.retention, "unwanted", never())
  }

  @Test("Every event is written somewhere: none stands on paper only", arguments: AuditEvent.allCases)
  func written(event: AuditEvent) throws {
    let name = "\(event)"
    let own = ["AuditEvent.swift", "AuditEvent+Definition.swift"]
    let use = try Regex("[(: \n]\\.\(name)\\b(?!\\()")
    let writes = Self.sources.contains { file, text in !own.contains(file) && text.contains(use) }
    #expect(writes, "nothing writes \(event.rawValue)")
  }

  /// The program's source files by name.
  private static let sources: [(String, String)] = {
    let directory = Repository.path("Sources")
    let files = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
    return files.filter { $0.hasSuffix(".swift") }.compactMap { file in
      (try? String(contentsOfFile: directory + "/" + file, encoding: .utf8)).map {
        (URL(fileURLWithPath: file).lastPathComponent, $0)
      }
    }
  }()
}
