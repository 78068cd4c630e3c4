public import Daraja
public import Payments
public import ServiceLifecycle
public import Store
import Synchronization

/// Notices when the wall clock is set, tells it, and heals what was planned on the wrong one.
public struct ClockWatch: Service {
  /// The time between two looks. A step is noticed at the first decision behind it in any case; here it is told and healed.
  static let interval = Duration.seconds(1)
  /// Looks between two questions to the kernel whether the clock is synchronised.
  static let looksPerQuestion = 10
  /// Looks between two attempts to heal what could not be healed: each failure is told, and a full disk stays full for minutes.
  static let looksPerRetry = 10
  /// Looks between two marks in the database.
  static let looksPerMark = 600
  /// Rows of each kind that are healed in one commit: a few milliseconds of the writer.
  static let rowsAtOnce = 500

  /// What the clock is asked, and told.
  public struct Source: Sendable {
    /// The wall clock with how far it can be believed.
    public var reading: @Sendable () -> ClockReading
    /// The clock that nobody can set.
    public var uptime: @Sendable () -> Uptime
    /// The steps that were noticed since this was last asked.
    public var takeSteps: @Sendable () -> [WallClock.Step]
    /// Whether the kernel says that something keeps it synchronised; nil where it does not say.
    public var isSynchronised: @Sendable () -> Bool?
    /// Takes that in.
    public var setSynchronised: @Sendable (Bool) -> Void
    /// The clock may have been set before the program started.
    public var doubt: @Sendable () -> Void
    /// The clock has run as it does since before the program started.
    public var resume: @Sendable (_ runningSince: Uptime, _ isDoubted: Bool) -> Void

    /// A source with all its parts.
    public init(
      reading: @escaping @Sendable () -> ClockReading, uptime: @escaping @Sendable () -> Uptime,
      takeSteps: @escaping @Sendable () -> [WallClock.Step], isSynchronised: @escaping @Sendable () -> Bool?,
      setSynchronised: @escaping @Sendable (Bool) -> Void, doubt: @escaping @Sendable () -> Void,
      resume: @escaping @Sendable (_ runningSince: Uptime, _ isDoubted: Bool) -> Void
    ) {
      self.reading = reading
      self.uptime = uptime
      self.takeSteps = takeSteps
      self.isSynchronised = isSynchronised
      self.setSynchronised = setSynchronised
      self.doubt = doubt
      self.resume = resume
    }

    /// The machine's clock.
    public static func system(isSynchronised: @escaping @Sendable () -> Bool?) -> Source {
      let clock = SystemClock.shared
      return Source(
        reading: { clock.reading }, uptime: { SystemClock.uptime }, takeSteps: { clock.takeSteps() },
        isSynchronised: isSynchronised, setSynchronised: { clock.setSynchronised($0) }, doubt: { clock.doubt() },
        resume: { clock.resume(runningSince: $0, isDoubted: $1) })
    }
  }

  private let store: any ClockStore
  private let source: Source
  private let audit: Audit
  private let wasSet: @Sendable () -> Void
  private let owed = Owed()

  /// Whether plans may still be wrong because the store failed when they were to be healed.
  private final class Owed: Sendable {
    private let value = Mutex(false)

    var isSet: Bool {
      get { value.withLock { $0 } }
      set { value.withLock { $0 = newValue } }
    }
  }

  /// - Parameter wasSet: called after the clock was set and what was planned is healed.
  public init(
    store: any ClockStore, source: Source, audit: Audit, wasSet: @escaping @Sendable () -> Void = {}
  ) {
    self.store = store
    self.source = source
    self.audit = audit
    self.wasSet = wasSet
  }

  /// Judges the clock at the start by the mark in the database, heals what was planned on a wrong one, and keeps a new mark. Before anything
  /// is decided about stored times.
  public func begin() async throws {
    if let isSynchronised = source.isSynchronised() { source.setSynchronised(isSynchronised) }
    let reading = source.reading()
    let mark = try await store.clockMark()
    switch mark?.compare(wall: reading.now, uptime: source.uptime()) {
    case nil: break
    case .steady: mark.map { source.resume($0.runningSince, $0.isDoubted) }
    case .moved(let by):
      source.doubt()
      audit.clockDoubted(by: by)
    // After a restart of the machine the clock is what the hardware kept, until something synchronises it.
    case .restarted: if source.isSynchronised() != true { source.doubt() }
    }
    try await heal()
    try await keepMark()
  }

  /// Runs until graceful shutdown or cancellation.
  public func run() async throws {
    await cancelWhenGracefulShutdown {
      var looks = 0
      while (try? await Task.sleep(for: Self.interval)) != nil {
        looks += 1
        await look(looks)
      }
    }
  }

  /// One look.
  func look(_ number: Int) async {
    let steps = source.takeSteps()
    for step in steps { audit.clockStepped(step) }
    if !steps.isEmpty || number % Self.looksPerQuestion == 0, let isSynchronised = source.isSynchronised() {
      source.setSynchronised(isSynchronised)
    }
    if !steps.isEmpty { owed.isSet = true }
    let heals = !steps.isEmpty || (owed.isSet && number % Self.looksPerRetry == 0)
    guard heals || number % Self.looksPerMark == 0 else { return }
    do {
      if heals {
        try await heal()
        owed.isSet = false
      }
      try await keepMark()
    } catch {
      if !Task.isCancelled { audit.trouble("What was planned on another clock is not put right yet.", error) }
    }
    if heals { wasSet() }
  }

  private func heal() async throws {
    while try await store.healPlans(at: source.reading().now, limit: Self.rowsAtOnce) > 0 {}
  }

  private func keepMark() async throws {
    let reading = source.reading()
    let uptime = source.uptime()
    try await store.keep(
      ClockMark(
        wall: reading.now, uptime: uptime, runningSince: uptime - (reading.now - reading.runningSince),
        isDoubted: reading.isDoubted))
  }
}
