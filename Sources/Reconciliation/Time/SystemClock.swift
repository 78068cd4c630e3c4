import Daraja
import Payments
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// The machine's clocks, watched: each look at them notices a step since the look before.
public final class SystemClock: Sendable {
  /// The one of this process.
  public static let shared = SystemClock()

  private struct State {
    var clock: WallClock
    var steps: [WallClock.Step] = []
  }

  /// Steps that are kept until somebody asks for them. More at once are one step as well.
  private static let stepsKept = 16

  private let state: Mutex<State>

  private init() {
    state = Mutex(State(clock: WallClock(wall: Self.wall, uptime: Self.uptime)))
  }

  /// The wall clock with how far it can be believed.
  public var reading: ClockReading {
    state.withLock { state in
      Self.look(&state)
      return state.clock.reading
    }
  }

  /// Says whether the kernel reports that something keeps the wall clock synchronised.
  public func setSynchronised(_ isSynchronised: Bool) {
    state.withLock { $0.clock.isSynchronised = isSynchronised }
  }

  /// The wall clock may have been set before the program started.
  public func doubt() { state.withLock { $0.clock.doubt() } }

  /// The wall clock has run as it does since before the program started.
  public func resume(runningSince: Uptime, isDoubted: Bool) {
    state.withLock { $0.clock.resume(runningSince: runningSince, isDoubted: isDoubted) }
  }

  /// The steps that were noticed since this was last asked, oldest first.
  public func takeSteps() -> [WallClock.Step] {
    state.withLock { state in
      Self.look(&state)
      defer { state.steps = [] }
      return state.steps
    }
  }

  private static func look(_ state: inout State) {
    guard let step = state.clock.look(wall: wall, uptime: uptime) else { return }
    if state.steps.count == stepsKept { state.steps.removeFirst() }
    state.steps.append(step)
  }

  static var wall: Microseconds { read(CLOCK_REALTIME) }

  static var uptime: Uptime { Uptime(microseconds: read(CLOCK_BOOTTIME)) }

  private static func read(_ clock: clockid_t) -> Microseconds {
    var time = timespec()
    clock_gettime(clock, &time)
    return Microseconds(time.tv_sec) * 1_000_000 + Microseconds(time.tv_nsec) / 1_000
  }
}
