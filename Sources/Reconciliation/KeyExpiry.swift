public import ServiceLifecycle
public import Store

/// Forgets the keys of requests when their day is over, a few at a time so that callbacks never wait for it, and only by a clock that can
/// be believed: a key that is forgotten early lets a request prompt twice.
public struct KeyExpiry: Service {
  /// Keys forgotten in one commit.
  static let batch = 500
  /// The time between two rounds, and between two commits of a long one.
  static let roundGap = Duration.seconds(600)
  static let commitGap = Duration.milliseconds(100)

  private let store: any IdempotencyStore
  private let timing: Timing
  private let audit: Audit

  /// Forgets keys of this store.
  public init(store: any IdempotencyStore, timing: Timing, audit: Audit) {
    self.store = store
    self.timing = timing
    self.audit = audit
  }

  /// Runs until graceful shutdown or cancellation.
  public func run() async throws {
    await cancelWhenGracefulShutdown {
      while !Task.isCancelled {
        let gap = await forget() < Self.batch ? Self.roundGap : Self.commitGap
        guard (try? await timing.sleep(gap)) != nil else { return }
      }
    }
  }

  /// Forgets one batch.
  /// - Returns: how many keys; 0 when the store failed.
  func forget() async -> Int {
    let clock = timing.reading()
    guard clock.isTrusted else { return 0 }
    do {
      return try await store.forgetKeys(before: clock.cutoff(KeyedRequest.lifetime), limit: Self.batch, at: clock.now)
    } catch {
      if !Task.isCancelled { audit.trouble("Keys whose time is over cannot be forgotten.", error) }
      return 0
    }
  }
}
