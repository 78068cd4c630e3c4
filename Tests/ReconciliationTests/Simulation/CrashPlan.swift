import Reconciliation
import Store
import Synchronization

/// When the program is to end: at the n-th call of one kind to the store, just before or just after it is committed.
struct CrashPlan {
  enum Moment: CaseIterable { case opening, pushAnswerOrQuestion, claim, conclusion }

  var moment: Moment
  var calls: Int
  var afterCommit: Bool

  init(_ random: inout SeededRandom) {
    moment = Moment.allCases.randomElement(using: &random) ?? .claim
    calls = Int.random(in: 1...12, using: &random)
    afterCommit = random.happens(0.5)
  }

  /// True when this call is the one.
  mutating func strikes(_ call: StoreCall, afterCommit isAfter: Bool) -> Bool {
    let matches =
      switch (moment, call) {
      case (.opening, .openPush), (.pushAnswerOrQuestion, .settle): true
      case (.claim, .claim(let ids)), (.conclusion, .conclude(let ids)): !ids.isEmpty
      default: false
      }
    guard matches, isAfter == afterCommit else { return false }
    calls -= 1
    return calls == 0
  }
}

/// What goes wrong between the program and its store: crashes, and times when nothing can be committed.
final class Misfortune: Sendable {
  struct Crashed: Error {}

  private struct State {
    var plans: [CrashPlan]
    var refusals = 0
    var crashes = 0
  }

  private let state: Mutex<State>
  private let crash: @Sendable () -> Void

  init(plans: [CrashPlan], crash: @escaping @Sendable () -> Void) {
    state = Mutex(State(plans: plans))
    self.crash = crash
  }

  var crashes: Int { state.withLock(\.crashes) }

  /// The next so many writes are refused.
  func refuseWrites(_ count: Int) { state.withLock { $0.refusals += count } }

  func before(_ call: StoreCall) throws {
    try strike(call, afterCommit: false)
    guard call.isClaim || call.isConclude || call.isSettle || call == .openPush else { return }
    let refused = state.withLock { state in
      guard state.refusals > 0 else { return false }
      state.refusals -= 1
      return true
    }
    if refused { throw StoreError.unavailable(detail: "disk full") }
  }

  func after(_ call: StoreCall) throws { try strike(call, afterCommit: true) }

  private func strike(_ call: StoreCall, afterCommit: Bool) throws {
    let strikes = state.withLock { state in
      guard !state.plans.isEmpty, state.plans[0].strikes(call, afterCommit: afterCommit) else { return false }
      state.plans.removeFirst()
      state.crashes += 1
      return true
    }
    if strikes {
      crash()
      throw Crashed()
    }
  }
}
