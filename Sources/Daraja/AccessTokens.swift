/// The access token of one Daraja app, shared by everything that calls Daraja.
///
/// A new token kills the one before (portal, Authorization FAQ 3), so there must be one of these for an app, and one
/// refresher in it: callers that need a token while one is being fetched wait for that one.
public actor AccessTokens {
  /// What Daraja gave out.
  public struct Grant: Sendable {
    /// The token.
    public var token: Secret
    /// How long it lives, in seconds, from when it was asked for.
    public var lifetimeSeconds: Int64

    /// A token and its lifetime.
    public init(token: Secret, lifetimeSeconds: Int64) {
      self.token = token
      self.lifetimeSeconds = lifetimeSeconds
    }
  }

  /// Fetches a new token.
  public typealias Fetch = @Sendable () async throws(DarajaFailure) -> Grant

  /// A token is renewed so many seconds before it expires, so that none expires on its way. Daraja's live 3,600 s.
  public static let marginSeconds: Int64 = 60
  /// No token is used longer than this, in seconds, whatever Daraja says: a nonsensical lifetime must not overflow.
  public static let maximumLifetimeSeconds: Int64 = 86_400

  private struct Cached {
    let value: String
    let refreshAt: Uptime
  }

  private let uptime: @Sendable () -> Uptime
  private let fetch: Fetch
  private var cached: Cached?
  private var refresh: Task<Result<String, DarajaFailure>, Never>?
  /// How many callers wait for the fetch that is under way.
  private(set) var waiting = 0

  /// An empty cache.
  ///
  /// - Parameters:
  ///   - uptime: The clock that nobody can set.
  ///   - fetch: Asks Daraja for a token. It bounds its own time.
  public init(uptime: @escaping @Sendable () -> Uptime, fetch: @escaping Fetch) {
    self.uptime = uptime
    self.fetch = fetch
  }

  /// A token that is good for at least the margin, fetched if there is none.
  ///
  /// Cancelling a caller does not cancel the fetch, because others may be waiting for it.
  ///
  /// - Throws: Why the fetch failed. All who waited for it get the same failure; the next call tries again.
  public func token() async throws(DarajaFailure) -> String {
    if let cached, uptime() < cached.refreshAt { return cached.value }
    let refresh = refresh ?? startRefresh()
    waiting += 1
    defer { waiting -= 1 }
    return try await refresh.value.get()
  }

  /// Forgets a token that Daraja refused. If there is a newer one already, nothing happens: the refusal is late news.
  public func invalidate(_ token: String) {
    if cached?.value == token { cached = nil }
  }

  private func startRefresh() -> Task<Result<String, DarajaFailure>, Never> {
    let task = Task { await fetchAndKeep() }
    refresh = task
    return task
  }

  private func fetchAndKeep() async -> Result<String, DarajaFailure> {
    defer { refresh = nil }
    let askedAt = uptime()
    do throws(DarajaFailure) {
      let grant = try await fetch()
      let lifetime = min(max(grant.lifetimeSeconds, 0), Self.maximumLifetimeSeconds)
      // A lifetime shorter than two margins would otherwise mean a new token for every call.
      let useFor = lifetime - min(Self.marginSeconds, lifetime / 2)
      let value = grant.token.reveal()
      cached = Cached(value: value, refreshAt: askedAt + useFor * 1_000_000)
      return .success(value)
    } catch {
      return .failure(error)
    }
  }
}
