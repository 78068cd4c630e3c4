import Daraja
import Payments
import Reconciliation
import Synchronization

/// Time that passes only when a test says so. Whoever sleeps on it waits until the test has advanced it far enough.
final class VirtualClock: Sendable {
  /// When virtual time begins: 2026-11-24T00:00:00Z.
  static let start: Microseconds = 1_795_478_400_000_000

  private struct Sleeper {
    var wakesAt: Microseconds
    var continuation: CheckedContinuation<Void, any Error>
  }

  private struct State {
    var now = VirtualClock.start
    /// How far the wall clock is from this time.
    var error: Microseconds = 0
    var clock = WallClock(wall: VirtualClock.start, uptime: Uptime(microseconds: VirtualClock.start))
    var steps: [WallClock.Step] = []
    var flies = false
    var nextNumber = 0
    var sleepers: [Int: Sleeper] = [:]
    var cancelled: Set<Int> = []
    var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Mutex(State())

  /// The time, by a clock that is never wrong.
  var now: Microseconds { state.withLock(\.now) }

  /// What the wall clock says: the time, unless it was set.
  var wall: Microseconds { state.withLock { $0.now + $0.error } }

  /// This clock and a chance of zero, so that nothing is spread in time.
  var timing: Timing {
    Timing(
      now: { self.wall }, uptime: { Uptime(microseconds: self.now) }, reading: { self.reading },
      sleep: { try await self.sleep($0) }, chance: { 0 })
  }

  var reading: ClockReading {
    state.withLock { state in
      let step = state.clock.look(wall: state.now + state.error, uptime: Uptime(microseconds: state.now))
      if let step { state.steps.append(step) }
      return state.clock.reading
    }
  }

  /// What the program knows of the clock is gone, as after a restart.
  func startAnew() {
    state.withLock { state in
      state.clock = WallClock(wall: state.now + state.error, uptime: Uptime(microseconds: state.now))
    }
  }

  /// Something keeps the wall clock synchronised from now on.
  func synchronise() { state.withLock { $0.clock.isSynchronised = true } }

  /// This clock for whoever watches it.
  func source(isSynchronised: Bool? = nil) -> ClockWatch.Source {
    ClockWatch.Source(
      reading: { self.reading }, uptime: { Uptime(microseconds: self.now) },
      takeSteps: {
        self.state.withLock { state in
          let step = state.clock.look(wall: state.now + state.error, uptime: Uptime(microseconds: state.now))
          defer { state.steps = [] }
          return state.steps + (step.map { [$0] } ?? [])
        }
      }, isSynchronised: { isSynchronised },
      setSynchronised: { isSynchronised in self.state.withLock { $0.clock.isSynchronised = isSynchronised } },
      doubt: { self.state.withLock { $0.clock.doubt() } },
      resume: { runningSince, isDoubted in
        self.state.withLock { $0.clock.resume(runningSince: runningSince, isDoubted: isDoubted) }
      })
  }

  /// Sets the wall clock so many seconds forward, or back. Time itself goes on as before, and so do those who sleep.
  func set(forwardBy seconds: Double) { state.withLock { $0.error += Microseconds(seconds * 1_000_000) } }

  /// Moves time and wakes everybody whose moment has come, the earliest first.
  func advance(by seconds: Double) { advance(to: now + Microseconds((seconds * 1_000_000).rounded())) }

  func advance(to time: Microseconds) {
    let woken = state.withLock { state in
      state.now = max(state.now, time)
      let due = state.sleepers.filter { $0.value.wakesAt <= state.now }
      for number in due.keys { state.sleepers[number] = nil }
      return due.values.sorted { $0.wakesAt < $1.wakesAt }
    }
    for sleeper in woken { sleeper.continuation.resume() }
  }

  /// From now on time flies: whoever sleeps finds that it is over at once. For one sleeper at a time.
  func fly() { state.withLock { $0.flies = true } }

  /// The moment at which the next sleeper wakes.
  var nextWake: Microseconds? { state.withLock { $0.sleepers.values.map(\.wakesAt).min() } }

  /// Returns when that many sleep at the same time.
  func sleepers(_ count: Int = 1) async {
    await withCheckedContinuation { continuation in
      let there = state.withLock { state in
        if state.sleepers.count >= count { return true }
        state.watchers.append((count, continuation))
        return false
      }
      if there { continuation.resume() }
    }
  }

  private func sleep(_ duration: Duration) async throws {
    let number = state.withLock { state in
      state.nextNumber += 1
      return state.nextNumber
    }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        enter(number, Sleeper(wakesAt: now + duration.microseconds, continuation: continuation))
      }
    } onCancel: {
      let sleeper = state.withLock { state in
        state.cancelled.insert(number)
        return state.sleepers.removeValue(forKey: number)
      }
      sleeper?.continuation.resume(throwing: CancellationError())
    }
  }

  private func enter(_ number: Int, _ sleeper: Sleeper) {
    enum Entry { case sleeps([CheckedContinuation<Void, Never>]), over, cancelled }
    let entry: Entry = state.withLock { state in
      if state.cancelled.contains(number) { return .cancelled }
      if state.flies { state.now = max(state.now, sleeper.wakesAt) }
      if sleeper.wakesAt <= state.now { return .over }
      state.sleepers[number] = sleeper
      let count = state.sleepers.count
      let content = state.watchers.filter { $0.count <= count }.map(\.continuation)
      state.watchers.removeAll { $0.count <= count }
      return .sleeps(content)
    }
    switch entry {
    case .sleeps(let watchers): for watcher in watchers { watcher.resume() }
    case .over: sleeper.continuation.resume()
    case .cancelled: sleeper.continuation.resume(throwing: CancellationError())
    }
  }
}

extension Duration {
  var microseconds: Microseconds { components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000 }
}

extension Uptime {
  /// So many seconds after the beginning of virtual time.
  static func at(_ seconds: Double) -> Uptime { Uptime(microseconds: .at(seconds)) }
}

extension Microseconds {
  /// So many seconds after the beginning of virtual time.
  static func at(_ seconds: Double) -> Microseconds {
    VirtualClock.start + Microseconds((seconds * 1_000_000).rounded())
  }

  static func seconds(_ seconds: Double) -> Microseconds { Microseconds((seconds * 1_000_000).rounded()) }
}
