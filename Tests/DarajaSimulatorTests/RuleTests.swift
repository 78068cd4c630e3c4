import Testing

@testable import DarajaSimulator

@Suite struct SpikeArrestTests {
  @Test func theSandboxLimitIsOneEveryTwelveSeconds() {
    var arrest = SpikeArrest(limit: QueryLimit())
    let seconds = [0, 1, 12, 13, 23, 24, 100, 112]
    let verdicts = seconds.map { arrest.judge(now: .seconds($0)) == .allowed }
    #expect(verdicts == [true, false, true, false, false, true, true, true])
  }

  @Test func aBurstMayComeAtOnceAfterAQuietTime() {
    var limit = QueryLimit()
    limit.burst = 3
    var arrest = SpikeArrest(limit: limit)
    #expect((0..<4).map { _ in arrest.judge(now: .seconds(50)) == .allowed } == [true, true, true, false])
  }

  @Test func abuseEndsInABlockAndTheBlockEnds() {
    var arrest = SpikeArrest(limit: QueryLimit())
    let verdicts = (0..<6).map { _ in arrest.judge(now: .seconds(1)) }
    #expect(verdicts == [.allowed, .fault, .fault, .busy, .fault, .blocked])
    #expect(arrest.isBlocked(now: .seconds(60)))
    #expect(!arrest.isBlocked(now: .seconds(61)))
    #expect(arrest.judge(now: .seconds(61)) == .allowed)
  }

  @Test func anAllowedQueryForgivesTheOnesBefore() {
    var arrest = SpikeArrest(limit: QueryLimit())
    for round in 0..<10 {
      let now = Duration.seconds(12 * round)
      #expect(arrest.judge(now: now) == .allowed)
      #expect(arrest.judge(now: now) == .fault)
      #expect(!arrest.isBlocked(now: now))
    }
  }

  @Test func noLimitIsNoLimit() {
    var arrest = SpikeArrest(limit: nil)
    #expect((0..<100).allSatisfy { _ in arrest.judge(now: .zero) == .allowed })
  }
}

@Suite struct BookTests {
  @Test func theOldestPromptIsForgottenFirst() {
    var book = PromptBook(remembered: 2)
    for number in 1...3 {
      var push = Push.sample()
      push.checkoutRequestID = "ws_CO_\(number)"
      let script = Script(story: .pays, push: push, delays: SimulatorDelays(), pace: 1)
      book.open(.init(push: push, script: script, acceptedAt: .seconds(number)))
    }
    #expect(book.answer(about: "ws_CO_1", now: .seconds(9)) == nil)
    #expect(book.answer(about: "ws_CO_3", now: .seconds(9))?.answer == .final(.paid))
    #expect(book.playing.count == 3)
    book.finish("ws_CO_1")
    #expect(book.playing.count == 2)
  }

  @Test func aPhoneIsLockedWhileItsPromptLives() {
    var book = PromptBook()
    let push = Push.sample()
    let script = Script(story: .ignores, push: push, delays: SimulatorDelays(), pace: 1)
    book.open(.init(push: push, script: script, acceptedAt: .seconds(10)))
    #expect(book.isLocked(phone: push.phone, now: .seconds(69)))
    #expect(!book.isLocked(phone: push.phone, now: .seconds(70)))
    #expect(!book.isLocked(phone: "254799999999", now: .seconds(20)))
  }

  @Test func customersAreLimitedAndChecked() throws {
    var book = CustomerBook(limit: 1)
    try book.program("254712345678", .cancels)
    try book.program("254712345678", .ignores)
    #expect(book.story(of: "254712345678") == .ignores)
    #expect(throws: SimulatorError.tooManyCustomers) { try book.program("254712345679", .cancels) }
    #expect(throws: SimulatorError.invalidPhone) { try book.program("0712345678", .cancels) }
    try book.forget("254712345678")
    #expect(book.story(of: "254712345678") == .pays)
  }

  @Test func eventsAreNumberedAndLimited() {
    var log = EventLog(limit: 10)
    for _ in 0..<25 { _ = log.record(SimulatorEvent(.tokenIssued), at: 5) }
    #expect(log.events.count <= 10)
    #expect(log.events.last?.sequence == 25)
    #expect(log.dropped + log.events.count == 25)
    #expect(zip(log.events, log.events.dropFirst()).allSatisfy { $0.sequence + 1 == $1.sequence })
  }
}

@Suite struct StoryTests {
  @Test func everyStoryHasItsOwnNumber() {
    #expect(Set(Story.allCases.map(\.phone)).count == Story.allCases.count)
    for story in Story.allCases {
      #expect(WireRules.isMSISDN(story.phone))
      #expect(Story.of(phone: story.phone) == story)
      #expect(story.summary.hasSuffix("."))
    }
    #expect(Story.pays.phone == "254700000001")
    #expect(Story.forged.phone == "254700000018")
  }

  @Test(arguments: ["254712345678", "254700000000", "254700000999", "2547000000180"])
  func otherNumbersPay(_ phone: String) {
    #expect(Story.of(phone: phone) == .pays)
  }
}

@Suite struct ConfigurationTests {
  @Test func theDefaultsWork() throws {
    _ = try DarajaSimulator()
  }

  private static let mistakes: [(setting: String, make: @Sendable (inout SimulatorConfiguration) -> Void)] = [
    ("host", { $0.host = "" }), ("port", { $0.port = 65_536 }), ("consumerKey", { $0.consumerKey = "a:b" }),
    ("consumerSecret", { $0.consumerSecret = "" }), ("shortcode", { $0.shortcode = "12" }),
    ("passkey", { $0.passkey = "" }), ("tokenLifetime", { $0.tokenLifetime = .zero }),
    ("maximumAmount", { $0.maximumAmount = 0 }), ("pace", { $0.pace = 0 }), ("pace", { $0.pace = .nan }),
    ("pace", { $0.pace = .infinity }), ("delays.forgery", { $0.delays.forgery = .seconds(-1) }),
    ("bareCallbackURL", { $0.bareCallbackURL = "nowhere" }),
    ("queryLimit.messagesPerPeriod", { $0.queryLimit?.messagesPerPeriod = 0 }),
    ("queryLimit.period", { $0.queryLimit?.period = .zero }), ("queryLimit.burst", { $0.queryLimit?.burst = 0 }),
    ("queryLimit.violationsBeforeBlock", { $0.queryLimit?.violationsBeforeBlock = 0 }),
    ("queryLimit.block", { $0.queryLimit?.block = .seconds(-1) }),
  ]

  @Test(arguments: mistakes.indices) func aSettingThatCannotWorkIsNamed(_ place: Int) {
    let (setting, make) = Self.mistakes[place]
    var configuration = SimulatorConfiguration()
    make(&configuration)
    do {
      _ = try DarajaSimulator(configuration)
      Issue.record("\(setting) was taken")
    } catch {
      guard case .invalidConfiguration(let named, _) = error else {
        Issue.record("\(error)")
        return
      }
      #expect(named == setting)
    }
  }
}
