import Daraja
import Payments
import Testing

/// Evidence of every kind, true and forged, early and late, twice and never, in any order: the invariants hold after each step.
@Suite("Settlement, random sequences of anything")
struct ChaosTests {
  private static let sequences = 12_000
  private static let slices = 8
  private static let steps = 24

  @Test(arguments: 0..<slices)
  func invariantsHold(slice: Int) throws {
    for sequence in stride(from: slice, to: Self.sequences, by: Self.slices) {
      let seed = TestSeed.base &+ UInt64(sequence)
      if let broken = try Self.play(seed) {
        Issue.record("\(broken)\nRun again with \(TestSeed.variable)=\(seed)")
        return
      }
    }
  }

  /// One sequence; nil when every invariant held.
  private static func play(_ seed: UInt64) throws -> String? {
    var random = SplitMix64(seed: seed)
    var world = try World(orders: 3, pushesPerOrder: 1...3, using: &random)
    var evidence = AnyEvidence(receipts: try (0..<5).map { try Example.receipt("RCPT\($0)") })
    var flight: [(index: Int, evidence: Evidence)] = []
    for number in 0..<steps {
      world.now += Int64.random(in: 0...200_000_000, using: &random)
      if flight.isEmpty || random.chance(60) {
        let index = Int.random(in: world.transactions.indices, using: &random)
        flight.append((index, evidence.next(for: index, in: world, using: &random)))
      }
      let chosen = Int.random(in: flight.indices, using: &random)
      let (index, item) = flight[chosen]
      if random.chance(75) { flight.remove(at: chosen) }
      if random.chance(10) { continue }
      let transaction = world.transactions[index]
      let next = QuerySchedule.standard.next(
        for: transaction, after: .pending, at: ClockReading(now: world.now),
        chance: Double.random(in: 0..<1, using: &random))
      let nextQueryAt = random.chance(15) ? nil : next
      guard let step = world.deliver(item, to: index, nextQueryAt: nextQueryAt) else {
        if case .operatorMatch = item { continue }
        return "a CheckoutRequestID got two owners at step \(number): \(item)\n\(world.transactions[index])"
      }
      var broken = Invariants.broken(by: step, in: world)
      if number.isMultiple(of: 4),
        settle(step.before, with: item, in: step.circumstances, at: step.now) != step.decision
      {
        broken.append("the same input gave another decision")
      }
      if !broken.isEmpty {
        return "\(broken.joined(separator: "; ")) at step \(number): \(item)\n\(step.before)\n\(step.decision)"
      }
    }
    return nil
  }
}

/// Evidence without any regard for the truth.
struct AnyEvidence {
  var receipts: [Receipt]
  private static let codes: [ResultCode] = [
    "0", "0", "0", "0", "1032", "1037", "1", "2001", "17", "4999", "E3008", "00", "", "BW-HTTP-100300",
  ]

  mutating func next(for index: Int, in world: World, using random: inout SplitMix64) -> Evidence {
    switch Int.random(in: 0..<100, using: &random) {
    case 0..<50: return .callback(callback(for: index, in: world, using: &random), random.chance(65) ? .token : .none)
    case 50..<75:
      return .queryAnswer(
        random.chance(60)
          ? .result(code(&random), description: nil)
          : [.pending, .noInformation(detail: "nothing"), .outage(detail: "timeout")].randomElement(using: &random)
            ?? .pending)
    case 75..<79: return .notAskable
    case 79..<84:
      return .operatorMatch(
        Match(
          delivery: DeliveryID(1), checkoutRequestID: checkout(index, in: world, using: &random), who: "asha",
          why: "same phone"))
    case 84..<94:
      return .pushAnswer(
        random.chance(70)
          ? .accepted(merchantRequestID: nil, checkoutRequestID: checkout(index, in: world, using: &random))
          : random.chance(50) ? .uncertain(detail: "lost") : .rejected(code: nil, detail: "no", ours: random.chance(50))
      )
    default: return .operatorRuling(random.chance(50) ? .completed : .failed, who: "asha", why: "because")
    }
  }

  private func code(_ random: inout SplitMix64) -> ResultCode { Self.codes.randomElement(using: &random) ?? "0" }

  private func checkout(_ index: Int, in world: World, using random: inout SplitMix64) -> String {
    let stray = random.chance(12)
    return World.checkout(stray ? Int.random(in: 0...world.transactions.count, using: &random) : index)
  }

  private func callback(for index: Int, in world: World, using random: inout SplitMix64) -> STKCallback {
    let asked = world.transactions[index].amount
    return STKCallback(
      checkoutRequestID: random.chance(10) ? nil : checkout(index, in: world, using: &random),
      resultCode: code(&random),
      amount: random.chance(5) ? nil : random.chance(85) ? asked : Amount(cents: asked.cents + 100),
      receipt: random.chance(5) ? nil : receipts.randomElement(using: &random),
      phone: random.chance(60)
        ? world.transactions[index].phone.digits
        : random.chance(50) ? nil : random.chance(50) ? "2547****333" : "254711222333",
      conflicts: random.chance(4) ? ["Amount"] : [])
  }
}
