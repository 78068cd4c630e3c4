import Daraja
import NIOCore
import Payments
import Store
import Testing

extension StoreConformance {
  /// Deliveries come in, are kept as they came, and are given out in order.
  public static let inbox = [
    ConformanceCheck("deliveries are numbered and given out in the order in which they were appended", order),
    ConformanceCheck("deliveries are given out page by page, after the last one seen", paging),
    ConformanceCheck("the bytes are kept exactly", exactBytes),
    ConformanceCheck("time, source and token are kept", everythingBeside),
    ConformanceCheck("each delivery is answered once, when it can be read", answeredAfterCommit),
    ConformanceCheck("many callers at once lose nothing and share no number", concurrentAppends),
    ConformanceCheck("arrivals tick after a delivery", arrivals),
    ConformanceCheck("a claim counts one attempt, before the work", claims),
    ConformanceCheck("an inbox without deliveries answers with nothing", emptyInbox),
  ]

  private static func order(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let ids = try await appendAll((0..<200).map { Specimen.delivery("\($0)") }, to: store)
      #expect(ids == ids.sorted())
      #expect(Set(ids).count == 200)
      let received = try await store.received(after: nil, limit: 1_000)
      #expect(received.map(\.id) == ids)
      #expect(received.map { String(decoding: $0.body, as: UTF8.self) } == (0..<200).map { "\($0)" })
      #expect(
        received.allSatisfy { $0.state == .received && $0.attempts == 0 && $0.transaction == nil && $0.note == nil })
    }
  }

  private static func paging(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let ids = try await appendAll((0..<25).map { Specimen.delivery("\($0)") }, to: store)
      var seen: [DeliveryID] = []
      while true {
        let page = try await store.received(after: seen.last, limit: 10)
        #expect(page.count <= 10)
        if page.isEmpty { break }
        seen += page.map(\.id)
      }
      #expect(seen == ids)
      #expect(try await store.received(after: nil, limit: 1).map(\.id) == [ids[0]])
    }
  }

  private static func exactBytes(_ home: StoreUnderTest) async throws {
    let bodies: [[UInt8]] = [
      [], [0], [0, 0, 0], Array(0...255), [0xFF, 0xFE, 0xC0, 0x80, 0xED, 0xA0, 0x80],
      Array("'); DROP TABLE inbox; --".utf8),
      Array("{\"Body\":{\"stkCallback\":{}}}\r\n\u{0}trailing".utf8),
      (0..<65_536).map { UInt8(truncatingIfNeeded: $0 &* 31) },
      [UInt8](repeating: 0, count: 65_536), Array("Ω 💸 ﷺ".utf8),
    ]
    try await home.use { store in
      let ids = try await appendAll(bodies.map { Specimen.delivery($0) }, to: store)
      for (id, body) in zip(ids, bodies) {
        let delivery = try #require(try await store.delivery(id))
        #expect(delivery.body == body, "\(body.count) bytes")
      }
      var partlyRead = ByteBuffer(string: "HTTP head, {\"a\":1}")
      partlyRead.moveReaderIndex(forwardBy: 11)
      let id = try await store.stored(
        NewDelivery(body: partlyRead, receivedAt: 1, source: "::1", token: nil))
      #expect(try await store.delivery(id)?.body == Array("{\"a\":1}".utf8))
    }
  }

  private static func everythingBeside(_ home: StoreUnderTest) async throws {
    let deliveries = [
      Specimen.delivery(at: 0, source: "", token: nil),
      Specimen.delivery(at: -1, source: "::1", token: ProvenToken(TransactionID(1), nonce: nil)),
      Specimen.delivery(
        at: .max, source: "2001:db8::1%eth0", token: ProvenToken(TransactionID(.max), nonce: Nonce(.max))),
      Specimen.delivery(at: Specimen.now, source: "unix:/run/mpesad \u{1F4B8}'\"", token: nil),
    ]
    try await home.use { store in
      let ids = try await appendAll(deliveries, to: store)
      for (id, sent) in zip(ids, deliveries) {
        let delivery = try #require(try await store.delivery(id))
        #expect(delivery.receivedAt == sent.receivedAt)
        #expect(delivery.source == sent.source)
        #expect(delivery.token == sent.token)
      }
    }
  }

  private static func answeredAfterCommit(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let answers = Shared<[Int: Int]>([:])
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<50 {
          group.addTask {
            let acceptance: Acceptance = try await withCheckedThrowingContinuation { continuation in
              store.append(Specimen.delivery("\(number)")) { result in
                answers.withLock { $0[number, default: 0] += 1 }
                continuation.resume(with: result)
              }
            }
            guard case .stored(let id) = acceptance else { throw UnexpectedAcceptance(acceptance: acceptance) }
            let body = try await store.delivery(id)?.body
            #expect(body == Array("\(number)".utf8), "answered before it could be read")
          }
        }
        try await group.waitForAll()
      }
      #expect(answers.withLock { $0.count } == 50)
      #expect(answers.withLock { $0.values.allSatisfy { $0 == 1 } })
    }
  }

  private static func concurrentAppends(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let ids = try await withThrowingTaskGroup(of: [DeliveryID].self) { group in
        for caller in 0..<20 {
          group.addTask {
            var ids: [DeliveryID] = []
            for number in 0..<25 { ids.append(try await store.stored(Specimen.delivery("\(caller)-\(number)"))) }
            return ids
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      for caller in ids { #expect(caller == caller.sorted(), "one caller's deliveries keep their order") }
      #expect(Set(ids.joined()).count == 500)
      let bodies = try await store.received(after: nil, limit: 1_000).map { String(decoding: $0.body, as: UTF8.self) }
      #expect(bodies.count == 500)
      #expect(Set(bodies).count == 500)
    }
  }

  private static func arrivals(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let seen = Task {
        for await _ in store.arrivals where try await !store.received(after: nil, limit: 1).isEmpty { return true }
        return false
      }
      _ = try await store.stored(Specimen.delivery())
      // A store that never ticks fails here instead of hanging: closing it ends the stream.
      let patience = Task {
        try await Task.sleep(for: .seconds(10))
        await store.close()
      }
      #expect(try await seen.value, "no tick came")
      patience.cancel()
    }
  }

  private static func claims(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      let ids = try await appendAll((0..<3).map { Specimen.delivery("\($0)") }, to: store)
      try await store.claim([ids[0], ids[2]])
      try await store.claim([ids[2]])
      try await store.claim([])
      #expect(try await store.received(after: nil, limit: 10).map(\.attempts) == [1, 0, 2])
      #expect(try await store.received(after: nil, limit: 10).map(\.state) == [.received, .received, .received])
    }
  }

  private static func emptyInbox(_ home: StoreUnderTest) async throws {
    try await home.use { store in
      #expect(try await store.received(after: nil, limit: 10).isEmpty)
      #expect(try await store.delivery(DeliveryID(1)) == nil)
      #expect(try await store.parked(dueAt: .max, limit: 10).isEmpty)
      #expect(try await store.nextParkedDue() == nil)
      #expect(try await store.conclude([], at: Specimen.now).isEmpty)
      for state in DeliveryState.allCases {
        let listed = try await store.deliveries(in: state, limit: 10)
        #expect(listed.isEmpty)
      }
    }
  }

  /// Appends from one thread without waiting in between, and returns the rows in that order.
  static func appendAll(_ deliveries: [NewDelivery], to store: any PaymentStore) async throws -> [DeliveryID] {
    let (stream, continuation) = AsyncStream<(Int, Result<Acceptance, StoreError>)>.makeStream()
    for (index, delivery) in deliveries.enumerated() {
      store.append(delivery) { continuation.yield((index, $0)) }
    }
    var ids = [DeliveryID?](repeating: nil, count: deliveries.count)
    var waiting = deliveries.count
    if waiting == 0 { return [] }
    for await (index, result) in stream {
      guard case .stored(let id) = try result.get() else { throw UnexpectedAcceptance(acceptance: try result.get()) }
      ids[index] = id
      waiting -= 1
      if waiting == 0 { break }
    }
    return try ids.map { try #require($0) }
  }
}
