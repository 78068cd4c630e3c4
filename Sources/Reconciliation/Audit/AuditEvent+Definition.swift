public import Logging

extension AuditEvent {
  /// What is fixed about an event. The message catalog (`systemd/mpesad.catalog`) and the manual (`systemd/man/mpesad-journal.7`) say the
  /// same, and a test holds the three together.
  public struct Definition: Hashable, Sendable {
    /// The journal's `MESSAGE_ID`: 32 lower-case hexadecimal digits, made once with `systemd-id128 new` and never changed.
    public let messageID: String
    /// How loud it is.
    public let level: Logger.Level
    /// The fields that every entry of it has, besides ``AuditField/event``. Others are there when they are known.
    public let fields: [AuditField]

    init(_ messageID: String, _ level: Logger.Level, _ fields: [AuditField]) {
      self.messageID = messageID
      self.level = level
      self.fields = fields
    }
  }

  /// What is fixed about this event.
  public var definition: Definition { Self.definitions[self, default: define()] }

  /// Made once: an entry is written for every callback.
  private static let definitions = Dictionary(uniqueKeysWithValues: allCases.map { ($0, $0.define()) })

  private static let payment: [AuditField] = [.transactionID, .orderID, .status, .amount, .phone, .evidence]
  private static let delivery: [AuditField] = [.delivery, .source, .attempt, .evidence]
  private static let webhook: [AuditField] = [.transactionID, .webhookID, .webhookType, .webhookAttempt]

  private func define() -> Definition {
    let (payment, delivery, webhook) = (Self.payment, Self.delivery, Self.webhook)
    return switch self {
    // What was decided about a payment.
    case .pushRequested: Definition("e2144cf5975848d8a007df3705ba990f", .notice, payment)
    case .pushAccepted: Definition("ce3b84d9b9c74882b16b90aaf69e730a", .notice, payment + [.checkoutRequestID])
    case .pushRejected: Definition("2897632ad7c948428cde069df69dc6ab", .notice, payment + [.reason])
    case .pushUncertain: Definition("df3687c468f9495da1ff2ae9126bb618", .notice, payment)
    case .completed: Definition("27dada4f4ac24ae5bbadec3bbdc5f3c2", .notice, payment + [.resultCode])
    case .failed: Definition("c5fc7155de534ee286be9688c0a658e6", .notice, payment + [.reason, .resultCode])
    case .review: Definition("e5cad275a9ca448aa33d7d600f36d3a6", .warning, payment + [.reason])
    case .lateSuccess: Definition("1188daa963264b88908969788336654d", .notice, payment + [.resultCode, .flags])
    case .receiptFilled: Definition("00a02e621cd94c9fa75a98ca62e81112", .notice, payment + [.receipt])
    case .contradicted: Definition("f6030e086b3b4a698bea936a68320cb4", .warning, payment)
    case .duplicate: Definition("80ae0fe56db44b2f8a18c22f8eb0d274", .notice, payment + [.resultCode])
    case .ignored: Definition("61c064215c224a86bb92441e5d5fa032", .notice, payment)
    case .untrusted:
      Definition("762b181add7e43e08ebfe8d687101573", .notice, payment + [.delivery, .source, .resultCode])
    case .noInformation: Definition("75038341989f4c0390893a85718763c3", .notice, payment)
    case .ruling: Definition("2ff98d6c0dec4caeb446a5cdf46cf6ba", .notice, payment + [.actor])
    case .matched:
      Definition("91401a836ad44856ae92514139ee0f13", .notice, payment + [.actor, .checkoutRequestID])
    // Callbacks at the door.
    case .callbackAccepted: Definition("f685c720d5e94e49b537cfaaae1caab8", .info, delivery + [.trust, .receivedAt])
    case .sourceUnlisted: Definition("16b2a0fbf5a34ce09f61d97343e58dc0", .notice, [.source])
    case .sourceRefused: Definition("bf4b03b571c74d0e86720142661ad2cf", .warning, [.source])
    case .provenCallbackRefused: Definition("095360e3f12b4f40b6dfd5d67001e1a5", .error, [.source])
    case .sourceLimited: Definition("da095c1e3a0a4d6ab8dd421a8ec03638", .notice, [.source])
    case .wrongToken: Definition("00b65019bb5b4090bcf73831b714d1fe", .notice, [.source])
    case .callbackUnstored: Definition("d5c2d3cac0ff4dff8204235fcb9ca929", .error, [.error])

    // Deliveries that led to no decision.
    case .deliveryParked: Definition("23e4caa2d51c4e77bfc5edd662e3936b", .info, delivery)
    case .deliveryUnmatched: Definition("68c08f18c0b84f279cd354825da5e8ec", .warning, delivery)
    case .deliveryQuarantined: Definition("b25f413c91ac47e3b1aefdbf0a26e068", .warning, delivery)
    case .deliveryRefused: Definition("44d906e351dd4ced9e9d9c775db2acf8", .error, delivery)

    // Asking Safaricom.
    case .queryAnswered: Definition("860ad478965d41e3b0de3915c9dd26f4", .info, payment + [.outcome, .attempt])
    case .queryUnanswered: Definition("641348120c544aefab2852123df64e62", .info, payment + [.outcome, .attempt])
    case .budgetExhausted: Definition("f5f14f53c07c487bb3e4730751c7bed3", .info, [.waitSeconds])
    case .breakerOpened: Definition("564e3445c206469cb4bce9549ff86583", .warning, [])
    case .breakerClosed: Definition("9fd0458c219d4f2cb97e58f4ba4398b8", .notice, [])

    // Telling the merchant.
    case .webhookDelivered: Definition("bd61df6a8101441e9bfbeebc2afaa30c", .info, webhook)
    case .webhookRetried: Definition("3ce1a0b199144249b03679de9886c78f", .notice, webhook + [.webhookNext])
    case .webhookParked: Definition("dd6483f92aa848b5a176ebd343f5c2d7", .error, webhook)
    case .webhookUnaddressed: Definition("199b067e07cb4718b6fb856c710c96bb", .info, [.count])
    case .webhooksImpossible: Definition("aea52fc3b1f74b218f56f633555824f1", .warning, [])

    // The way to the disk.
    case .databaseFailed: Definition("e9e1d44cdd0b4620b180809144590a73", .critical, [.error])
    case .databaseRecovered: Definition("9b9fb6e8d7ca4ea988adc42442cfcd10", .notice, [])
    case .databaseUnusable: Definition("1aeb848a61714ffab5c45ff9c17a8266", .critical, [.error])
    case .databaseOpened: Definition("6cd85dbf87e540a79cd2da6b37f461bf", .notice, [])
    case .copyInPlace: Definition("d65d6e2c023e4f69a4b958c15d740ebf", .warning, [])
    case .outcomeUnknown: Definition("4bd7abcbd0f046fb82c3a93f35c4ebb4", .critical, [.error])
    case .databaseDamaged: Definition("380df109cfb64fd190b5ed28eacd2f5b", .critical, [.error])
    case .filesDisplaced: Definition("ce1cc902cf3f4f46bdaa68b62cf93f80", .critical, [.error])
    case .databaseRescued: Definition("fe37203cc3034f24a3e37b8372775229", .warning, [.file])
    case .databaseRescueFailed: Definition("bcdea68263f8410086cde2a5926bebfb", .critical, [.error])
    case .spoolUsed: Definition("fff38b95477449318c0fa0c1c4d39bd5", .warning, [])
    case .spoolDrained: Definition("c675dcc10a73416e9a719fa0aa8bec16", .notice, [.count])
    case .spoolUnusable: Definition("ae11dfacfb1f46fda06c334e71d766fb", .critical, [.error])
    case .spoolDamaged: Definition("9dcc0872e6fd4ef9b8722f284e680ab0", .critical, [.count])
    case .spoolFilling: Definition("5f3642aff09346828fc390b94b0bce0b", .warning, [.count])
    case .spoolReplaced: Definition("61bd3dc185104a47a73f75e161fbe788", .notice, [])
    case .callbacksRefused: Definition("a7751db741dc4eff95d4c96c86fc7d84", .critical, [])
    case .checkpointFailed: Definition("6b0051f0c8bd42b4845b2aa2a290aaf6", .warning, [.error])

    // The service.
    case .started: Definition("b7811ce1b6154068ad06adecf3744071", .notice, [.version])
    case .ready: Definition("d3839e338f404de0a05bcd41409ef9d6", .notice, [.port])
    case .reloaded: Definition("290b4af802ab411fb7a980431f2df0dc", .notice, [.actor])
    case .reloadRefused: Definition("4ff64aa13aae421cb9a82c81424dcc38", .error, [.actor])
    case .stopped: Definition("9fed45237a7d4e4fa1b16dd0b38cba76", .notice, [])
    case .adminSocketMissing: Definition("9c0dca9c92204a259713cb772e3bc3c1", .error, [.file])
    case .certificateEnds: Definition("81e0271248fc4e8cb4b36fef6e107aa8", .warning, [.file, .days])

    // Settings and people.
    case .receiveOnly: Definition("e09b79579e0645138c36653342c0a8a6", .warning, [.settings])
    case .settingsComplete: Definition("c97b11c6ec5845338d4d4786eaaef162", .notice, [])
    case .settingUnusable: Definition("8999ca7c8c264bf1ac76c5da50441c99", .error, [.settings])
    case .settingsChanged: Definition("bdf72878740e41df8bede5d82395ea5d", .notice, [.settings, .changes, .actor])
    case .login: Definition("7c0a732f7aae40b7b5239b604997901a", .notice, [.actor, .source])
    case .loginRefused: Definition("81c783ef902f46d9a7ed59a01ebe6dea", .warning, [.source])
    case .logout: Definition("d7751784121b475e842bb3b4005927d9", .notice, [.actor, .source])
    case .operated: Definition("b44d5c4618004272a5390118f915bc0d", .notice, [.actor])

    // The house itself.
    case .retention: Definition("cc648199fc6541dbaabe9e318946da4a", .notice, [.count, .days])
    case .clockStepped: Definition("319514990d9b423aaf458cfe009b543e", .warning, [.stepSeconds])
    case .clockDoubted: Definition("96a52c505a334f1bb31357483769b1fe", .warning, [.stepSeconds])
    case .unprovenPurged: Definition("36530af89f0b4a13bf67079c50c27897", .notice, [.count])
    case .trouble: Definition("c4b3f2b7c8e949ffa260b1498cdac4e4", .error, [.error])
    }
  }
}
