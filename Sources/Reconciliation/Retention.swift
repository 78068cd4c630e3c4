import Daraja
public import ServiceLifecycle
public import Store

/// Forgets bytes that nobody needs any more: those of settled deliveries, and what the merchant was told, once they are old enough.
///
/// What was decided stays for ever. So do parked webhooks, and the evidence of what is not over: see ``RetentionStore``. What proves nothing has
/// a budget of its own: see ``UnprovenPurge``.
/// Nothing is removed by a clock that cannot be believed, and never more in one round than a week brought.
public struct Retention: Service {
  /// The time between two rounds, in microseconds: an hour. Days are what counts.
  static let interval: Microseconds = 3_600_000_000
  /// Rows in one commit. A commit of this size holds the writer for a few milliseconds.
  static let rowsAtOnce = 200
  /// The rest between two commits, so that others have the disk in between.
  static let rest = Duration.milliseconds(50)
  /// A day, in microseconds.
  static let day: Microseconds = 86_400_000_000
  /// How far the age from which bytes are removed moves on in one round, in microseconds: a week. So years of history take days to go, and a
  /// clock that is ahead, and was believed, costs a week's bytes an hour until somebody notices.
  static let stride = 7 * day
  /// The same where nothing keeps the clock synchronised, in microseconds: two hours, so that a clock which is ahead and runs steadily costs
  /// little more than time itself does.
  static let unsynchronisedStride: Microseconds = 7_200_000_000

  private let store: any RetentionStore
  private let days: @Sendable () -> Int
  private let timing: Timing
  private let audit: Audit

  /// Forgets in this store.
  /// - Parameter days: `mpesa_retention_days` as it is set now; 0 keeps everything for ever.
  public init(
    store: any RetentionStore, timing: Timing, audit: Audit, days: @escaping @Sendable () -> Int
  ) {
    self.store = store
    self.days = days
    self.timing = timing
    self.audit = audit
  }

  /// Runs until graceful shutdown or cancellation.
  public func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        do {
          try await forget()
        } catch {
          if !Task.isCancelled { audit.trouble("Old bytes are not removed; that is tried again in an hour.", error) }
        }
        guard (try? await timing.sleep(.microseconds(Self.interval))) != nil else { return }
      }
    }
  }

  /// One round.
  func forget() async throws {
    let days = days()
    guard days > 0 else { return }
    let clock = timing.reading()
    guard clock.isTrusted else { return }
    let cutoff = try await store.moveCutoff(
      to: clock.now - Microseconds(days) * Self.day,
      stride: clock.isSynchronised ? Self.stride : Self.unsynchronisedStride)
    let deliveries = try await exhaust {
      try await store.purgeDeliveries(receivedBefore: cutoff, limit: Self.rowsAtOnce, at: timing.now())
    }
    let webhooks = try await exhaust {
      try await store.purgeOutbox(finishedBefore: cutoff, limit: Self.rowsAtOnce, at: timing.now())
    }
    if deliveries + webhooks > 0 { audit.forgot(deliveries: deliveries, webhooks: webhooks, days: days) }
  }

  private func exhaust(_ step: () async throws -> Purge) async throws -> Int {
    var count = 0
    while true {
      let purge = try await step()
      count += purge.count
      guard purge.goesOn else { return count }
      try await timing.sleep(Self.rest)
    }
  }
}

extension Audit {
  func forgot(deliveries: Int, webhooks: Int, days: Int) {
    logger.audit(
      .retention,
      "Bytes older than \(days) days were removed: of \(deliveries) settled deliveries and \(webhooks) webhooks. Their hashes stay.",
      [.count: "\(deliveries + webhooks)", .days: "\(days)"])
  }
}
