import Daraja
import Payments
import Store
import Testing

extension StoreConformance {
  /// Whose question to Safaricom is due.
  public static let questions = [
    ConformanceCheck("questions come due, most overdue first", questionsDue),
    ConformanceCheck("young payments and older ones are found apart", questionsByAge),
    ConformanceCheck("a question that lies further ahead than any that is planned is due", questionsFromAnotherClock),
    ConformanceCheck("when an answer was last useless is kept", uselessAnswers),
  ]

  private static let hour: Microseconds = 3_600_000_000
  /// The longest wait in these checks.
  private static let longest = 24 * hour

  private static func due(
    _ store: any PaymentStore, _ age: PaymentAge = .older, at now: Microseconds, limit: Int = 100
  ) async throws -> [TransactionID] {
    try await store.questionsDue(age, at: now, longestWait: longest, limit: limit).map(\.id)
  }

  private static func questionsDue(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      #expect(try await store.nextQuestionDue() == nil)
      let offsets: [Int64] = [50, 10, 40, 20, 30]
      var pushes: [(due: Int64, id: TransactionID)] = []
      let now = Specimen.now + hour
      for (phone, offset) in offsets.enumerated() {
        let push = try await store.push(phone: phone, firstQueryAt: now + offset)
        pushes.append((offset, push.id))
      }
      let settled = try await store.push(phone: 9, firstQueryAt: now + 1)
      _ = try await store.deliver(Specimen.cancelled(settled), to: settled)
      let ordered = pushes.sorted { $0.due < $1.due }.map(\.id)
      #expect(try await due(store, at: now + 60) == ordered)
      #expect(try await due(store, at: now + 60, limit: 2) == Array(ordered.prefix(2)))
      #expect(try await due(store, at: now + 20) == Array(ordered.prefix(2)))
      #expect(try await due(store, at: now + 9).isEmpty)
      #expect(try await due(store, .young, at: now + 60).isEmpty)
      #expect(try await store.nextQuestionDue() == now + 10)
      #expect(try await store.nextQuestionDue(after: now + 10) == now + 20)
      #expect(try await store.nextQuestionDue(after: now + 50) == nil)
      #expect(try await store.countQuestionsDue(at: now + 30, longestWait: longest) == [.young: 0, .older: 3])
      _ = try await store.settled(ordered[0], .queryAnswer(.pending), nextQueryAt: now + 35)
      #expect(try await due(store, at: now + 60) == [ordered[1], ordered[2], ordered[0], ordered[3], ordered[4]])
    }
  }

  private static func questionsByAge(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let now = Specimen.now
      let youngFor = PaymentAge.youngFor
      // When each was pushed; all are due, the first ones the longest.
      let pushed: [Microseconds] = [
        now - 1, now - youngFor, now - youngFor + 1, now + youngFor - 1, now + youngFor, now - 100 * hour,
        now + 100 * hour,
      ]
      var ids: [PaymentAge: [TransactionID]] = [:]
      for (phone, at) in pushed.enumerated() {
        let push = try await store.push(phone: phone, firstQueryAt: now - 100 + Int64(phone), at: at)
        ids[PaymentAge(createdAt: at, at: now), default: []].append(push.id)
      }
      for age in PaymentAge.allCases {
        #expect(try await due(store, age, at: now) == ids[age])
        #expect(try await due(store, age, at: now, limit: 2) == Array(ids[age, default: []].prefix(2)))
      }
      #expect(try await store.countQuestionsDue(at: now, longestWait: longest) == [.young: 3, .older: 4])
    }
  }

  private static func questionsFromAnotherClock(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let now = Specimen.now
      for (base, age) in [(now, PaymentAge.young), (now - 2 * hour, .older)] {
        let phone = age == .young ? 10 : 20
        let ahead = try await store.push(phone: phone, firstQueryAt: now + longest + 1, at: base).id
        let year = try await store.push(phone: phone + 1, firstQueryAt: now + 366 * longest, at: base).id
        _ = try await store.push(phone: phone + 2, firstQueryAt: now + longest, at: base)
        let overdue = try await store.push(phone: phone + 3, firstQueryAt: now, at: base).id
        #expect(try await due(store, age, at: now) == [overdue, ahead, year], "what is overdue comes first")
        #expect(try await due(store, age, at: now, limit: 2) == [overdue, ahead])
        #expect(try await due(store, age, at: now, limit: 1) == [overdue])
      }
      #expect(try await store.countQuestionsDue(at: now, longestWait: longest) == [.young: 3, .older: 3])
    }
  }

  private static func uselessAnswers(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let id = try await store.push(phone: 1).id
      let next = Specimen.now + 9 * hour
      for (hours, answer, noted) in [
        (1, QueryAnswer.outage(detail: "timeout"), nil), (2, .pending, 2), (3, .outage(detail: "timeout"), 2),
        (4, .noInformation(detail: "x"), 4),
      ] as [(Int64, QueryAnswer, Int64?)] {
        let now = Specimen.now + hours * hour
        _ = try await store.settled(id, .queryAnswer(answer), nextQueryAt: next, at: now)
        #expect(try await store.transaction(id)?.uselessAnswerAt == noted.map { Specimen.now + $0 * hour })
      }
      #expect(try await store.transaction(id)?.queries == 4)
    }
  }
}
