import Daraja
import Payments
public import ServiceLifecycle
public import Store

/// Keeps messages that prove nothing within their budget, and tells when some had to go.
///
/// The store makes room in each commit that adds such messages. This works off what is far beyond the budget, for example a flood that an
/// older version took in, or one in a restored database, and has the counts checked that the budget stands on.
public struct UnprovenPurge: Service {
  /// Between two looks, in seconds. A look reads one row.
  static let interval = Duration.seconds(5)
  /// After the store failed: it tells by itself what is wrong with it.
  static let troubleInterval = Duration.seconds(60)
  /// Rows in one commit: it holds the writer for some ten milliseconds.
  static let rowsAtOnce = 200
  /// The rest between two commits, so that callbacks have the disk in between.
  static let rest = Duration.milliseconds(20)
  /// The least time between two entries in the journal, in microseconds: a flood may go on for days.
  static let reportGap: Microseconds = 600_000_000
  /// Between two counts of all there is, in microseconds: a day.
  static let recountGap: Microseconds = 86_400_000_000

  private let store: any PaymentStore & UnprovenStore
  private let timing: Timing
  private let audit: Audit

  /// What is remembered between two looks.
  struct Memory {
    /// What had gone when it was told last; nil before the first look.
    var told: UnprovenMessages?
    var toldAt: Uptime?
    var recountedAt: Uptime?
  }

  /// Purges in this store.
  public init(store: any PaymentStore & UnprovenStore, timing: Timing, audit: Audit) {
    self.store = store
    self.timing = timing
    self.audit = audit
  }

  /// Runs until graceful shutdown or cancellation; the commit under way is finished, the rest waits for the next start.
  public func run() async throws {
    await cancelWhenGracefulShutdown {
      guard (try? await store.whenOpen()) != nil else { return }
      var memory = Memory()
      while !Task.isCancelled {
        var gap = Self.interval
        do {
          try await purge(&memory)
        } catch {
          gap = Self.troubleInterval
          if !Task.isCancelled {
            audit.trouble("Messages that prove nothing are not purged; that is tried again in a minute.", error)
          }
        }
        guard (try? await timing.sleep(gap)) != nil else { return }
      }
    }
  }

  /// One look.
  func purge(_ memory: inout Memory) async throws {
    if memory.told == nil { memory.told = try await store.unprovenMessages(days: 0) }
    let began = timing.uptime()
    while try await store.purgeUnproven(limit: Self.rowsAtOnce, at: timing.now()).goesOn {
      // A flood as fast as this goes on for as long as it likes: the journal must not wait for its end.
      if timing.uptime() - (memory.toldAt ?? began) >= Self.reportGap { try await report(&memory) }
      try await timing.sleep(Self.rest)
    }
    let now = timing.uptime()
    let found = try await store.unprovenMessages(days: 0)
    // Above the budget and nothing to purge: then the counts may be wrong.
    if found.isOverBudget || memory.recountedAt.map({ now - $0 >= Self.recountGap }) ?? true {
      let off = try await store.recountUnproven()
      memory.recountedAt = now
      if off != (0, 0) { audit.miscounted(rows: off.rows, bytes: off.bytes) }
    }
    try await report(&memory)
  }

  /// Tells what had to go, once the gap between two entries is over.
  private func report(_ memory: inout Memory) async throws {
    let now = timing.uptime()
    guard let told = memory.told, memory.toldAt.map({ now - $0 >= Self.reportGap }) ?? true else { return }
    let found = try await store.unprovenMessages(days: 0)
    let rows = found.removed.rows - told.removed.rows
    let bodies = found.removed.bodies - told.removed.bodies
    guard rows + bodies > 0 else { return }
    audit.purgedUnproven(rows: rows, bodies: bodies, left: found)
    memory.told = found
    memory.toldAt = now
  }
}

extension Audit {
  func purgedUnproven(rows: Int, bodies: Int, left: UnprovenMessages) {
    logger.audit(
      .unprovenPurged,
      """
      Messages that prove nothing made room for newer ones: \(rows) are gone, \(bodies) more lost their bytes. \(left.rows) with \
      \(left.bytes) bytes are left.
      """,
      [.count: "\(rows + bodies)"])
  }

  func miscounted(rows: Int, bytes: Int) {
    logger.audit(
      .trouble, "The counts of messages that prove nothing were wrong and are corrected.",
      [.error: "off by \(rows) rows and \(bytes) bytes"])
  }
}
