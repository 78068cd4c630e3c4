import Daraja
import Foundation
import Logging
import NIOCore
import Payments

@testable import Reconciliation
@testable import Store

/// A merchant's day: shoppers, a Safaricom that loses things, strangers, and a program that crashes. Everything follows from the seed.
actor World {
  enum Happening {
    case prompt(OrderID, MSISDN)
    case callback(String, ProvenToken?, mayGetLost: Bool)
    case forgery(Int)
    case garbage
    case shopperAsks(Int)
    case diskFull(writes: Int)
  }

  /// One start of the program.
  private struct Program {
    var prompter: Prompter
    var questioner: Questioner
    var sweeper: StaleSweeper
    var workers: InboxWorkers
    var stopping = Stopping()
    var cursor: DeliveryID?
  }

  /// A simulation that takes more steps than this does not end.
  static let maximumSteps = 20_000

  let seed: UInt64
  let directory: String
  private(set) var store: SQLiteStore
  private var random: SeededRandom
  private let time: SimulatedTime
  private let tokens = CallbackTokens(key: CallbackTokens.newKey())
  private let audit = Audit(logger: Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() })
  private let misfortune: Misfortune
  private var safaricom: SimulatedSafaricom?
  private var program: Program?
  private var agenda: [(at: Microseconds, number: Int, what: Happening)] = []
  private var scheduled = 0
  private var isDraining = false

  private(set) var orders: [OrderID] = []
  private(set) var accepted: [DeliveryID] = []
  private(set) var garbage: Set<DeliveryID> = []
  private(set) var violations: [String] = []
  private(set) var steps = 0

  init(seed: UInt64) throws {
    self.seed = seed
    var random = SeededRandom(seed: seed)
    directory = try House.makeDirectory()
    store = try House.open(directory)
    let time = SimulatedTime(seed: seed &+ 1)
    self.time = time
    let plans = (0..<Int.random(in: 0...4, using: &random)).map { _ in CrashPlan(&random) }
    misfortune = Misfortune(plans: plans) { time.isDead = true }
    self.random = random
  }

  var crashes: Int { misfortune.crashes }
  var prompts: [TransactionID: SimulatedSafaricom.Prompt] { safaricom?.prompts ?? [:] }

  func tearDown() async {
    await store.close()
    try? FileManager.default.removeItem(atPath: directory)
  }

  // MARK: Its course

  /// Lets everything happen until nothing is left to do.
  func run() async throws {
    safaricom = SimulatedSafaricom(
      seed: seed, tokens: tokens, time: time,
      post: { [weak self] at, body, token, mayGetLost in
        await self?.schedule(at, .callback(body, token, mayGetLost: mayGetLost))
      },
      meanwhile: { [weak self] in try? await self?.deliverDue() })
    try await prepare()
    try await start()
    while steps < Self.maximumSteps {
      steps += 1
      if time.isDead { try await startAgain() }
      try await happen()
      var next = agenda.first?.at
      if !time.isDead, let due = await drain() { next = min(next ?? due, due) }
      if !time.isDead, let due = try await sweep() { next = min(next ?? due, due) }
      if time.isDead { continue }
      guard let next else { break }
      time.advance(to: max(next, time.now + 1))
    }
    if steps == Self.maximumSteps { violations.append("it does not end") }
    violations += safaricom?.violations ?? []
  }

  private func prepare() async throws {
    let phones = try ["254712345678", "254700000001", "254110000002"].map { try MSISDN($0) }
    for _ in 0..<Int.random(in: 2...5, using: &random) {
      let amount = Amount(cents: Int64.random(in: 1...5_000, using: &random) * 100)
      let order = try await store.createOrder(
        NewOrder(amount: amount, description: "", reference: "", createdBy: "7"), at: time.now)
      orders.append(order.id)
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let phone = phones.randomElement(using: &random) ?? phones[0]
        schedule(time.now + .seconds(Double.random(in: 0..<900, using: &random)), .prompt(order.id, phone))
      }
    }
    let strange: [(Int, Double, (inout SeededRandom) -> Happening)] = [
      (4, 5_000, { .forgery(Int.random(in: 0..<12, using: &$0)) }),
      (2, 5_000, { _ in .garbage }),
      (6, 3_000, { .shopperAsks(Int.random(in: 1...12, using: &$0)) }),
      (3, 2_000, { .diskFull(writes: Int.random(in: 1...6, using: &$0)) }),
    ]
    for (most, within, what) in strange {
      for _ in 0..<Int.random(in: 0...most, using: &random) {
        schedule(time.now + .seconds(Double.random(in: 0..<within, using: &random)), what(&random))
      }
    }
  }

  private func schedule(_ at: Microseconds, _ what: Happening) {
    scheduled += 1
    let place = agenda.firstIndex { $0.at > at } ?? agenda.endIndex
    agenda.insert((at, scheduled, what), at: place)
  }

  // MARK: The program

  private func start() async throws {
    guard let safaricom else { return }
    let watched = WatchedStore(store)
    let (misfortune, time) = (misfortune, time)
    watched.before { call in
      guard !time.isDead else { throw Misfortune.Crashed() }
      try misfortune.before(call)
    }
    watched.after { call in try misfortune.after(call) }
    let schedule = QuerySchedule.standard
    let questioner = Questioner(
      store: watched, daraja: safaricom, schedule: schedule, budget: .sandbox, timing: time.timing, audit: audit)
    program = Program(
      prompter: Prompter(
        store: watched, daraja: safaricom, tokens: tokens, callbackBase: "https://pay.example/callback",
        rules: AdmissionRules(), schedule: schedule, timing: time.timing, audit: audit),
      questioner: questioner,
      sweeper: StaleSweeper(questioner: questioner, timing: time.timing),
      workers: InboxWorkers(
        store: watched, workers: 1, since: Uptime(microseconds: time.now), timing: time.timing, audit: audit))
    safaricom.newStart()
    _ = try? await markUnansweredPushes(in: watched, at: time.now, audit: audit)
  }

  /// The program is gone for a while. What is delivered meanwhile is lost, since Safaricom does not try again.
  private func startAgain() async throws {
    let pause =
      random.happens(0.1) ? Double.random(in: 1..<200_000, using: &random) : Double.random(in: 1..<600, using: &random)
    time.advance(to: time.now + .seconds(pause))
    let missed = agenda.prefix { $0.at <= time.now }
    agenda.removeFirst(missed.count)
    for (_, _, what) in missed {
      if case .callback(_, _, mayGetLost: true) = what { continue }
      schedule(time.now + 1, what)
    }
    await store.close()
    store = try House.open(directory)
    time.isDead = false
    try await start()
  }

  private func drain() async -> Microseconds? {
    guard let running = program, !isDraining else { return nil }
    isDraining = true
    defer { isDraining = false }
    var cursor = running.cursor
    let due = await running.workers.drain(&cursor, running.stopping)
    program?.cursor = cursor
    return due
  }

  private func sweep() async throws -> Microseconds? {
    guard let due = try await store.nextQuestionDue() else { return nil }
    guard due <= time.now, let sweeper = program?.sweeper else { return due }
    return time.now + (await sweeper.sweep() ?? StaleSweeper.troubleSleep)
  }

  // MARK: What happens

  private func happen() async throws {
    while !time.isDead, let first = agenda.first, first.at <= time.now {
      agenda.removeFirst()
      try await carryOut(first.what)
    }
  }

  /// Delivers and settles what is due while somebody else waits for an answer of Safaricom's.
  private func deliverDue() async throws {
    var later: [(at: Microseconds, number: Int, what: Happening)] = []
    while !time.isDead, let first = agenda.first, first.at <= time.now {
      agenda.removeFirst()
      if case .callback = first.what { try await carryOut(first.what) } else { later.append(first) }
    }
    agenda = later + agenda
    _ = await drain()
  }

  private func carryOut(_ what: Happening) async throws {
    switch what {
    case .prompt(let order, let phone):
      // A prompt that fails because the disk is full or the program ends is the shopper's to repeat; some do.
      do {
        _ = try await program?.prompter.prompt(order: order, phone: phone, by: "7")
      } catch {
        if random.happens(0.5) { schedule(time.now + .seconds(30), .prompt(order, phone)) }
      }
    case .callback(let body, let token, _):
      accepted.append(try await deliver(body, token))
    case .forgery(let number):
      let known = prompts.values.map(\.checkoutRequestID).sorted()
      let id = known.isEmpty || number > 8 ? "ws_CO_FORGED" : known[number % known.count]
      accepted.append(try await deliver(CallbackBodies.paid(id, receipt: "FORGED\(number)", amount: "1.00"), nil))
    case .garbage:
      let id = try await deliver("{\"Body\": \u{1}", nil)
      accepted.append(id)
      garbage.insert(id)
    case .shopperAsks(let number):
      await program?.questioner.askIfDue(TransactionID(Int64(number)), for: "7")
    case .diskFull(let writes):
      misfortune.refuseWrites(writes)
    }
  }

  private func deliver(_ body: String, _ token: ProvenToken?) async throws -> DeliveryID {
    let acceptance = try await store.append(
      NewDelivery(body: ByteBuffer(string: body), receivedAt: time.now, source: "196.201.214.200", token: token))
    guard case .stored(let id) = acceptance else { throw House.Unexpected(what: "\(acceptance)") }
    return id
  }
}
