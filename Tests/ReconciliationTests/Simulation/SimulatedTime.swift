import Daraja
import Reconciliation
import Synchronization

/// Time in a simulated world: whoever waits finds that it has passed. In a program that has crashed nobody waits any more.
final class SimulatedTime: Sendable {
  private struct State {
    var now = VirtualClock.start
    var isDead = false
    var random: SeededRandom
  }

  private let state: Mutex<State>

  init(seed: UInt64) { state = Mutex(State(random: SeededRandom(seed: seed))) }

  var now: Microseconds { state.withLock(\.now) }

  /// True from a crash until the next start.
  var isDead: Bool {
    get { state.withLock(\.isDead) }
    set { state.withLock { $0.isDead = newValue } }
  }

  func advance(to time: Microseconds) { state.withLock { $0.now = max($0.now, time) } }

  var timing: Timing {
    Timing(
      now: { self.now },
      sleep: { duration in
        guard !self.isDead else { throw CancellationError() }
        self.advance(to: self.now + duration.microseconds)
      },
      chance: { self.state.withLock { Double.random(in: 0..<1, using: &$0.random) } })
  }
}
