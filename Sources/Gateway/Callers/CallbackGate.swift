import Daraja
public import Logging
import Synchronization

/// Stands in front of both callback addresses: applies ``CallbackRules``, which can be replaced while it runs, keeps
/// strangers' pace within a limit, and counts who calls.
public final class CallbackGate: Sendable {
  /// Who called, for whoever records it.
  public let counts = SourceCounts()

  private let current: Mutex<CallbackRules>
  private let limiter: RateLimiter
  private let unlisted: SparseLog
  private let refused: SparseLog
  private let refusedProven: SparseLog
  private let limited: SparseLog

  /// - Parameters:
  ///   - rules: who may deliver.
  ///   - limiter: how often an address that is not on the list may post what proves nothing; as often as it wants unless
  ///     one is given.
  ///   - logger: told, at most once a second, of what is unusual.
  public init(_ rules: CallbackRules, limiter: RateLimiter = RateLimiter(rate: 0), logger: Logger) {
    current = Mutex(rules)
    self.limiter = limiter
    unlisted = SparseLog(
      .sourceUnlisted, "A callback came from an address that is not in mpesa_callback_sources; it is taken",
      logger: logger)
    refused = SparseLog(
      .sourceRefused, "A callback was refused: its address is not in mpesa_callback_sources", logger: logger)
    refusedProven = SparseLog(
      .provenCallbackRefused,
      """
      A callback with a valid token was refused: Safaricom may have a new address. Add it to mpesa_callback_sources, or \
      set mpesa_callback_policy to log. What became of the payment, Safaricom is asked
      """, logger: logger)
    limited = SparseLog(
      .sourceLimited, "Callbacks that prove nothing are refused for a while: one address sends too many", logger: logger
    )
  }

  /// Who may deliver. What is set counts from the next delivery on.
  public var rules: CallbackRules {
    get { current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
  }

  /// How often, from now on, an address that is not on the list may post what proves nothing.
  /// - Parameter perMinute: 0 for as often as it wants.
  public func limitStrangers(to perMinute: Int) { limiter.change(rate: perMinute) }

  /// Decides about one delivery.
  /// - Returns: why it is refused, or nil.
  func refusal(
    of client: ClientAddress, _ proof: CallbackRules.Proof, at now: Uptime
  ) -> APIError? {
    let (verdict, isUnlisted) = current.withLock { $0.verdict(from: client, proof) }
    switch verdict {
    case .take:
      if isUnlisted { unlisted.note(at: now, [.source: "\(client)", .trust: "token"]) }
      return nil
    case .refuse:
      (proof == .token ? refusedProven : refused).note(at: now, [.source: "\(client)"])
      return APIError(.sourceNotAllowed)
    case .takeWithinLimit:
      if let wait = limiter.take(client.rateKey, at: now) {
        limited.note(at: now, [.source: "\(client)"])
        return APIError(.rateLimited, retryAfter: .microseconds(wait))
      }
      if isUnlisted {
        unlisted.note(at: now, [.source: "\(client)", .trust: "none"])
      }
      return nil
    }
  }
}
