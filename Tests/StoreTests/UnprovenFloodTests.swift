import Daraja
import Foundation
import NIOCore
import Payments
import Testing

@testable import Store

/// A flood of distinct messages that prove nothing, into a real store, with honest callbacks among them.
///
/// TEST_FLOOD=300000 runs it at full size with the budget in use, and prints the figures.
@Suite("SQLite, a flood of what proves nothing", .serialized)
struct UnprovenFloodTests {
  private static let now = UnprovenBudgetTests.now
  private static let bodyBytes = 700
  private static let round = 64

  @Test(
    "The database stays within the budget, honest callbacks settle, and what waits is not touched",
    .timeLimit(.minutes(15)))
  func flood() async throws {
    let count = ProcessInfo.processInfo.environment["TEST_FLOOD"].flatMap(Int.init) ?? 12_000
    // The budget in use at 300,000, and in the same proportion below.
    let budget = UnprovenBudget(
      bytes: Int(Int64(UnprovenBudget.standardBytes) * Int64(count) / 300_000), rows: 2 * count / 3)
    try await TemporaryDirectory.use { path in
      let options = SQLiteOptions(spoolBytes: 0, unprovenBudget: budget)
      let store = try SQLiteStore(directory: path, options: options, logger: Journal().logger)
      let rig = UnprovenRig(store: store)
      let ours = try await rig.transaction("ws_CO_ours")
      let received = try await rig.store(
        NewDelivery(body: ByteBuffer(string: "{}"), receivedAt: Self.now, source: "10.0.0.1", token: nil))
      let parked = try await rig.unmatched("ws_CO_parked", then: .park(until: Self.now + 1))
      let settled = try await rig.about("ws_CO_ours", .none)
      let proven = try await rig.quarantined(0, token: ours)
      var honest: [TransactionID] = []
      var (most, mostBytes) = (0, 0)
      let begun = ContinuousClock.now
      for start in stride(from: 0, to: count, by: Self.round) {
        let size = min(Self.round, count - start)
        // Every tenth round holds an honest callback.
        let payment = start / Self.round % 10 == 0 ? try await rig.transaction("ws_CO_honest_\(start)") : nil
        let token = if let payment { try await store.transaction(payment)?.token } else { nil as ProvenToken? }
        try await Self.flood(store, start..<(start + size), after: proven, with: token)
        if let payment { honest.append(payment) }
        if start / Self.round % 50 == 0 {
          let found = try await store.unprovenMessages(days: 0)
          (most, mostBytes) = (max(most, found.rows), max(mostBytes, found.bytes))
          #expect(found.rows <= budget.rows && found.bytes <= budget.bytes)
        }
      }
      let took = ContinuousClock.now - begun
      let found = try await store.unprovenMessages(days: 1)
      #expect(found.rows <= budget.rows && found.bytes <= budget.bytes)
      #expect(found.removed.rows == count - found.rows)
      #expect(try await store.recountUnproven() == (0, 0))
      for payment in honest { #expect(try await store.transaction(payment)?.status == .completed) }
      let kept = try await rig.deliveries([received, parked, settled, proven])
      #expect(kept.map { $0?.state } == [.received, .parked, .settled, .quarantined])
      #expect(kept.allSatisfy { $0?.body.isEmpty == false })
      await store.close()
      let bytes = try FileManager.default.attributesOfItem(atPath: path + "/mpesad.db")[.size] as? Int ?? 0
      // The bytes of bodies, and for each row what it and its index entries take.
      let allowed = budget.bytes * 5 / 4 + budget.rows * 600 + (2 << 20)
      print(
        """
        flood: \(count) messages of \(Self.bodyBytes) bytes and \(honest.count) honest callbacks in \(took); at most \(most) rows and \
        \(mostBytes) bytes; \(found.rows) rows and \(found.bytes) bytes left; \(found.removed.rows) rows gone, \
        \(found.removed.bodies) bodies; database \(bytes) bytes, allowed \(allowed)
        """)
      #expect(bytes < allowed)
    }
  }

  /// One round: the messages come together, and are concluded together as a worker does.
  private static func flood(
    _ store: SQLiteStore, _ numbers: Range<Int>, after last: DeliveryID, with payment: ProvenToken?
  ) async throws {
    let answers = Answers()
    for number in numbers {
      store.append(
        NewDelivery(
          body: ByteBuffer(bytes: UnprovenRig.body(number, bytes: bodyBytes)), receivedAt: now, source: "10.0.0.1",
          token: nil), then: answers.answer(number))
    }
    if let payment {
      store.append(
        NewDelivery(body: ByteBuffer(string: "paid"), receivedAt: now, source: "196.201.214.200", token: payment),
        then: answers.answer(-1))
    }
    _ = await answers.wait(for: numbers.count + (payment == nil ? 0 : 1))
    let waiting = try await store.received(after: last, limit: 2 * round)
    let findings = waiting.map { message -> (DeliveryID, Finding) in
      guard let token = message.token else {
        // Half of them cannot be read, half name a payment that nobody has.
        guard message.id.number % 2 == 0 else { return (message.id, .quarantine(reason: "The body is not JSON.")) }
        let name = "ws_CO_\(message.id)"
        let callback = STKCallback(checkoutRequestID: name, resultCode: "0")
        return (message.id, .evidence(about: .checkoutRequestID(name), callback, .none, ifUnknown: .giveUp))
      }
      let callback = STKCallback(
        resultCode: .success, amount: Amount(cents: 100), receipt: Receipt("RCPT\(token.id)"))
      return (message.id, .evidence(about: .token(token), callback, .token, ifUnknown: .giveUp))
    }
    _ = try await store.conclude(findings, at: now)
  }
}
