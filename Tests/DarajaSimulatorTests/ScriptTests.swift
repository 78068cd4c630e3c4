import Testing

@testable import DarajaSimulator

/// What one story does, in the default delays.
struct StoryRow: Sendable, CustomTestStringConvertible {
  var story: Story
  /// Seconds after the push and result code of each post, "bare" for those to the address without its secret.
  var posts: [String]
  var before: [String] = []
  var answer: Script.PushAnswer = .accepted
  /// Second at which the phone is free again.
  var freeAt = 3
  /// What a query says at a second, each asked in turn.
  var queries: [(second: Int, says: String)]

  var testDescription: String { story.rawValue }
}

private let rows: [StoryRow] = [
  .init(story: .pays, posts: ["3: 0"], queries: [(0, "4999"), (1, "4999 reduced"), (2, "500"), (3, "0"), (90, "0")]),
  .init(story: .cancels, posts: ["3: 1032"], queries: [(2, "4999"), (3, "1032")]),
  .init(story: .ignores, posts: ["60: 1037"], freeAt: 60, queries: [(59, "4999"), (60, "1037")]),
  .init(story: .noMoney, posts: ["3: 1"], queries: [(3, "1")]),
  .init(story: .wrongPIN, posts: ["3: 2001"], queries: [(3, "2001")]),
  .init(story: .callbackNever, posts: [], queries: [(2, "4999"), (3, "0")]),
  .init(story: .callbackTwice, posts: ["3: 0", "5: 0"], queries: [(3, "0")]),
  .init(story: .callbackFirst, posts: [], before: ["0: 0"], freeAt: 0, queries: [(0, "0")]),
  .init(story: .answerLost, posts: ["3: 0"], answer: .dropped, queries: [(3, "0")]),
  .init(
    story: .lateSuccess, posts: ["60: 1037", "90: 0"], freeAt: 60, queries: [(59, "4999"), (60, "1037"), (90, "0")]),
  .init(story: .otherAmount, posts: ["3: 0"], queries: [(3, "0")]),
  .init(story: .stringCode, posts: ["3: E3008"], queries: [(3, "E3008")]),
  .init(story: .rawLineFeed, posts: ["3: 0"], queries: [(3, "0")]),
  .init(story: .blockPage, posts: [], freeAt: 0, queries: []),
  .init(story: .emptyBody, posts: ["3: 0"], answer: .empty(status: 200), queries: [(3, "0")]),
  .init(
    story: .pendingThenFinal, posts: [],
    queries: [(30, "4999"), (60, "4999 reduced"), (90, "4999"), (91, "0"), (92, "0")]),
  .init(
    story: .noiseAfterFinal, posts: ["90: 0"],
    queries: [(1, "4999"), (14, "0"), (75, "500"), (103, "500"), (900, "500")]),
  .init(
    story: .forged, posts: ["5: 0 bare", "60: 1037"], freeAt: 60, queries: [(6, "4999"), (60, "1037")]),
]

@Suite struct ScriptTests {
  @Test func everyStoryHasARow() {
    #expect(rows.map(\.story) == Story.allCases)
  }

  @Test(arguments: rows) func postsAnswersAndQueries(of row: StoryRow) {
    let script = Script(story: row.story, push: .sample(), delays: SimulatorDelays(), pace: 1)
    #expect(script.deliveries.map(Self.words) == row.posts)
    #expect(script.beforeAnswer.map(Self.words) == row.before)
    #expect(script.answer == row.answer)
    #expect(script.promptEnds == .seconds(row.freeAt))
    var history = QueryPlan.History()
    for (second, says) in row.queries {
      let answer = script.queries.answer(at: .seconds(second), after: history)
      history.note(answer)
      #expect(Self.words(answer) == says, "at \(second) s")
    }
  }

  @Test(arguments: Story.allCases) func itsSuccessesAreTrueOnlyIfTheCustomerPaid(_ story: Story) {
    let script = Script(story: story, push: .sample(), delays: SimulatorDelays(), pace: 1)
    let truths = script.beforeAnswer + script.deliveries.filter { $0.to == .callbackURL }
    let saysPaid = truths.contains { $0.code == "0" } || script.queries.phases.contains { $0.outcome == .paid }
    #expect(saysPaid == story.customerPaid)
  }

  @Test func aDuplicateIsTheSameByteForByte() {
    let script = Script(story: .callbackTwice, push: .sample(), delays: SimulatorDelays(), pace: 1)
    #expect(script.deliveries[0].body == script.deliveries[1].body)
  }

  @Test(arguments: [(1_500, 1_499), (1, 2)]) func otherAmountDiffersByAShilling(asked: Int64, stated: Int64) {
    let script = Script(story: .otherAmount, push: .sample(amount: asked), delays: SimulatorDelays(), pace: 1)
    #expect(script.deliveries[0].body.contains(#"{"Name":"Amount","Value":\#(stated)}"#))
  }

  @Test func theForgeryHasTheTrueIDAndAmountAndAMadeUpReceipt() {
    let script = Script(story: .forged, push: .sample(), delays: SimulatorDelays(), pace: 1)
    #expect(script.deliveries[0].url == "http://127.0.0.1:9/callback/")
    #expect(script.deliveries[1].url == "http://127.0.0.1:9/callback/secret/")
    let body = script.deliveries[0].body
    #expect(body.contains("ws_CO_03022026101530250712345678"))
    #expect(body.contains(#"{"Name":"Amount","Value":1500}"#))
    #expect(body.contains("UB3ZZZZZZ9") && !body.contains("UB3AAAAAA1"))
  }

  @Test func theForgerCanBeToldTheAddress() {
    let script = Script(
      story: .forged, push: .sample(), delays: SimulatorDelays(), pace: 1, bareURL: "http://127.0.0.1:9/open")
    #expect(script.deliveries[0].url == "http://127.0.0.1:9/open")
  }

  @Test(arguments: [(false, 200), (true, 500)]) func theEmptyAnswerHasEitherStatus(isError: Bool, status: Int) {
    var push = Push.sample()
    push.variation.emptyAnswerIsError = isError
    let script = Script(story: .emptyBody, push: push, delays: SimulatorDelays(), pace: 1)
    #expect(script.answer == .empty(status: status))
  }

  @Test func aPayBillPushToAnotherPartyIsRefusedInTheCallback() {
    let script = Script(story: .pays, push: .sample(partyMismatch: true), delays: SimulatorDelays(), pace: 1)
    #expect(script.deliveries.map(Self.words) == ["3: 2028"])
    #expect(Self.words(script.queries.answer(at: .seconds(3), after: .init())) == "2028")
  }

  @Test func deliveriesAreInOrderOfTimeWhateverTheDelays() {
    var delays = SimulatorDelays()
    delays.forgery = .seconds(100)
    let script = Script(story: .forged, push: .sample(), delays: delays, pace: 1)
    #expect(script.deliveries.map(Self.words) == ["60: 1037", "100: 0 bare"])
  }

  @Test(arguments: [
    ("http://h/a/b/token/", "http://h/a/b/"), ("http://h/a/b/token", "http://h/a/b/"),
    ("http://h:80/token?x=/y/z#f", "http://h:80/"), ("http://h", "http://h/"), ("http://h/", "http://h/"),
    ("http://h?x=1", "http://h/"), ("http://h/a//token//", "http://h/a//"),
  ]) func bareAddressLosesTheLastSegment(url: String, bare: String) {
    #expect(bareAddress(of: url) == bare)
  }

  private static func words(_ delivery: Delivery) -> String {
    "\(delivery.at.components.seconds): \(delivery.code)" + (delivery.to == .bareAddress ? " bare" : "")
  }

  private static func words(_ answer: QueryPlan.Answer) -> String {
    switch answer {
    case .pending: "4999"
    case .pendingReduced: "4999 reduced"
    case .processing: "500"
    case .final(let outcome): outcome.code
    }
  }
}
