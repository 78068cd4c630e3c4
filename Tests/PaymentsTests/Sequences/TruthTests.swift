import Daraja
import Payments
import Testing

/// Safaricom tells the truth, though not always and not in time; strangers lie. Then the ledger must end with the truth.
@Suite("Settlement, random sequences of an honest Safaricom and dishonest strangers")
struct TruthTests {
  private static let sequences = 3_000
  private static let slices = 8

  @Test(arguments: 0..<slices)
  func theTruthComesOut(slice: Int) throws {
    for sequence in stride(from: slice, to: Self.sequences, by: Self.slices) {
      let seed = TestSeed.base &+ UInt64(sequence)
      var story = try Story(seed: seed)
      let broken = story.play()
      if !broken.isEmpty {
        Issue.record("\(broken.joined(separator: "\n"))\nRun again with \(TestSeed.variable)=\(seed)")
        return
      }
    }
  }
}

/// What really happened on the phone.
private enum Fate {
  case paid(Receipt)
  /// 1037 first, and yet paid.
  case paidLate(Receipt)
  case refused(ResultCode)
  case unknown
}

private struct Story {
  var random: SplitMix64
  var world: World
  var fates: [Fate] = []
  var callbacks: [(at: Microseconds, index: Int, STKCallback)] = []
  /// Transactions whose true success reached us with its receipt; and those where only a query told.
  var proven: Set<Int> = []
  var told: Set<Int> = []
  var broken: [String] = []

  init(seed: UInt64) throws {
    random = SplitMix64(seed: seed)
    world = try World(orders: 3, pushesPerOrder: 1...2, using: &random)
    for index in world.transactions.indices {
      let receipt = try Example.receipt("TRUE\(index)")
      let codes: [ResultCode] = ["1032", "1", "2001", "1037"]
      let fate: Fate =
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4: .paid(receipt)
        case 4: .paidLate(receipt)
        case 5..<9: .refused(codes.randomElement(using: &random) ?? "1032")
        default: .unknown
        }
      fates.append(fate)
      schedule(fate, index)
    }
    callbacks.sort { $0.at < $1.at }
  }

  private mutating func schedule(_ fate: Fate, _ index: Int) {
    var messages: [(Microseconds, STKCallback)] = []
    let name = World.checkout(index)
    let amount = world.transactions[index].amount
    switch fate {
    case .paid(let receipt):
      messages = [(15, STKCallback(checkoutRequestID: name, resultCode: "0", amount: amount, receipt: receipt))]
    case .paidLate(let receipt):
      messages = [
        (20, STKCallback(checkoutRequestID: name, resultCode: "1037")),
        (70, STKCallback(checkoutRequestID: name, resultCode: "0", amount: amount, receipt: receipt)),
      ]
    case .refused(let code): messages = [(14, STKCallback(checkoutRequestID: name, resultCode: code))]
    case .unknown: break
    }
    for (seconds, message) in messages where !random.chance(30) {
      for _ in 0..<(random.chance(20) ? 2 : 1) {
        let delay = random.chance(10) ? Int64.random(in: 0...200_000, using: &random) : 0
        callbacks.append((world.now + (seconds + delay) * 1_000_000, index, message))
      }
    }
  }

  mutating func play() -> [String] {
    for index in world.transactions.indices { answerPush(index) }
    var rounds = 0
    while broken.isEmpty, let due = nextMoment() {
      world.now = max(world.now, due)
      if random.chance(30) { lie() }
      while let first = callbacks.first, first.at <= world.now { deliverCallback(callbacks.removeFirst()) }
      for index in world.transactions.indices {
        if let due = world.transactions[index].nextQueryAt, due <= world.now { ask(index) }
      }
      rounds += 1
      if rounds > 2_000 { broken.append("it never ends") }
    }
    if broken.isEmpty { for index in fates.indices { compare(index) } }
    return broken
  }

  private func nextMoment() -> Microseconds? {
    let questions = world.transactions.compactMap(\.nextQueryAt)
    return (questions + callbacks.prefix(1).map(\.at)).min()
  }

  private mutating func answerPush(_ index: Int) {
    deliver(
      .pushAnswer(
        random.chance(80)
          ? .accepted(merchantRequestID: nil, checkoutRequestID: World.checkout(index)) : .uncertain(detail: "timeout")),
      index)
  }

  private mutating func deliverCallback(_ item: (at: Microseconds, index: Int, callback: STKCallback)) {
    if item.callback.resultCode == .success { proven.insert(item.index) }
    deliver(.callback(item.callback, .token), item.index)
  }

  /// A stranger who knows the bare address and every name.
  private mutating func lie() {
    let index = Int.random(in: fates.indices, using: &random)
    deliver(
      .callback(
        STKCallback(
          checkoutRequestID: World.checkout(index), resultCode: random.chance(70) ? "0" : "1032",
          amount: world.transactions[index].amount, receipt: Receipt("FORGED")), .none), index)
  }

  private mutating func ask(_ index: Int) {
    guard world.transactions[index].checkoutRequestID != nil else { return deliver(.notAskable, index) }
    guard random.chance(60) else {
      let noise: [QueryAnswer] = [.pending, .noInformation(detail: "500.001.1001"), .outage(detail: "timeout")]
      return deliver(.queryAnswer(noise.randomElement(using: &random) ?? .pending), index)
    }
    let age = world.now - world.transactions[index].createdAt
    switch fates[index] {
    case .paid,
      .paidLate where age > 70_000_000:
      told.insert(index)
      deliver(.queryAnswer(.result("0", description: nil)), index)
    case .paidLate: deliver(.queryAnswer(.result("1037", description: nil)), index)
    case .refused(let code): deliver(.queryAnswer(.result(code, description: nil)), index)
    case .unknown: deliver(.queryAnswer(.noInformation(detail: "The transaction does not Exist")), index)
    }
  }

  private mutating func deliver(_ evidence: Evidence, _ index: Int) {
    let transaction = world.transactions[index]
    let answer: QueryAnswer? = if case .queryAnswer(let answer) = evidence { answer } else { nil }
    let next = QuerySchedule.standard.next(
      for: transaction, after: answer, at: ClockReading(now: world.now),
      chance: Double.random(in: 0..<1, using: &random))
    guard let step = world.deliver(evidence, to: index, nextQueryAt: next) else {
      broken.append("a CheckoutRequestID has two owners")
      return
    }
    broken += Invariants.broken(by: step, in: world)
  }

  private mutating func compare(_ index: Int) {
    let end = world.transactions[index]
    let name = "transaction \(end.id), \(fates[index]): \(end.status) \(end.reason.map(\.rawValue) ?? "")"
    switch fates[index] {
    case .paid(let receipt), .paidLate(let receipt):
      let known = proven.contains(index) || told.contains(index)
      if known && end.status != .completed { broken.append("proof of payment was lost: \(name)") }
      if !known && end.status == .completed { broken.append("completed without proof: \(name)") }
      if proven.contains(index) && end.receipt != receipt { broken.append("the receipt was lost: \(name)") }
      if !known && end.status == .pending { broken.append("still pending: \(name)") }
    case .refused:
      if end.status == .completed || end.status == .pending { broken.append("not as it was: \(name)") }
    case .unknown:
      if end.status != .review || end.reason != .unanswered { broken.append("nothing was known: \(name)") }
    }
    let completed = world.transactions.filter { $0.orderID == end.orderID && $0.status == .completed }
    let payers = completed.filter { !$0.flags.contains(.duplicatePayment) }
    if (world.order(of: end).paidBy == nil) != completed.isEmpty || payers.count != min(completed.count, 1) {
      broken.append("the order's credit does not fit its payments: \(name)")
    }
  }
}
