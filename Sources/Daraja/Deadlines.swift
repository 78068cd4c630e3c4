extension DarajaClient {
  /// How long to wait for Daraja, connecting included.
  ///
  /// Of 130 measured sandbox pushes half took 0.9 s, 99 in a hundred 5.5 s, and the slowest 7.0 s.
  public struct Deadlines: Hashable, Sendable {
    /// A push: 30 s. Four times the slowest one measured, since giving up early leaves a prompt whose id is unknown.
    public static let standardPush = Duration.seconds(30)
    /// A query: 15 s. Giving up costs nothing but another query.
    public static let standardQuery = Duration.seconds(15)
    /// An access token: 15 s. A customer is waiting for the push behind it.
    public static let standardOAuth = Duration.seconds(15)

    /// How long a push may take.
    public var push: Duration
    /// How long a query may take.
    public var query: Duration
    /// How long fetching an access token may take.
    public var oauth: Duration

    /// Deadlines; the standard ones unless given.
    public init(
      push: Duration = Deadlines.standardPush, query: Duration = Deadlines.standardQuery,
      oauth: Duration = Deadlines.standardOAuth
    ) {
      self.push = push
      self.query = query
      self.oauth = oauth
    }
  }
}
