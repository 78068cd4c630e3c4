/// What a ``DarajaSimulator`` pretends to be, and how fast it plays.
///
/// The defaults are a sandbox application on loopback: shortcode 174379 and its passkey as the portal publishes them.
public struct SimulatorConfiguration: Sendable {
  /// Address to listen on. Loopback by default: the control endpoints ask for no password, and callbacks go to any URL
  /// a push names.
  public var host = "127.0.0.1"
  /// Port to listen on; 0 takes any free one, see ``DarajaSimulator/boundPort``.
  public var port = 0
  /// The application's consumer key, for OAuth.
  public var consumerKey = "simulator-consumer-key"
  /// The application's consumer secret, for OAuth.
  public var consumerSecret = "simulator-consumer-secret"
  /// The one merchant there is: 5 to 7 digits.
  public var shortcode = "174379"
  /// The passkey that the Password field must contain.
  public var passkey = "bfb279f9aa9bdbcf158e97dd71a467cd2e0c893059b10f78e6b72ada1ed2c919"
  /// How long a token is accepted, in real time whatever the ``pace``: the client is told this number and counts in
  /// real seconds.
  public var tokenLifetime: Duration = .seconds(3_600)
  /// Largest Amount taken, in whole shillings (250,000 since September 2023; portal, MpesaExpressSimulate FAQ).
  public var maximumAmount: Int64 = 250_000
  /// Multiplies every delay and the query limit's periods: 1 plays in real time, 0.01 a hundred times faster.
  /// Timestamps that go over the wire remain those of the real clock.
  public var pace: Double = 1
  /// The delays of a payment's steps.
  public var delays = SimulatorDelays()
  /// Limit on STK queries; nil for none.
  public var queryLimit: QueryLimit? = QueryLimit()
  /// Where the stranger of ``Story/forged`` posts. Nil: the CallBackURL without its last path segment, which is what is
  /// publicly known of an address whose last segment is a secret.
  public var bareCallbackURL: String?
  /// Seed of receipts, ids, tokens and wire variations. Nil draws one at start, so that two runs never issue the same
  /// receipt.
  public var seed: UInt64?

  /// The defaults above.
  public init() {}

  /// - Throws: ``SimulatorError/invalidConfiguration(setting:reason:)`` for the first setting that cannot work.
  func validate() throws(SimulatorError) {
    try require(!host.isEmpty, "host", "must name an address to listen on")
    try require((0...65_535).contains(port), "port", "must be between 0 and 65535")
    try require(!consumerKey.isEmpty && !consumerKey.contains(":"), "consumerKey", "must not be empty or contain ':'")
    try require(!consumerSecret.isEmpty, "consumerSecret", "must not be empty")
    try require(WireRules.isShortcode(shortcode), "shortcode", "must be 5 to 7 digits")
    try require(!passkey.isEmpty, "passkey", "must not be empty")
    try require(tokenLifetime >= .seconds(2), "tokenLifetime", "must be 2 seconds or more")
    try require(maximumAmount >= 1, "maximumAmount", "must be 1 or more")
    let paces = SimulatorLimits.pace
    try require(paces.contains(pace), "pace", "must be between \(paces.lowerBound) and \(paces.upperBound)")
    for delay in delays.all {
      try require((.zero ... .seconds(86_400)).contains(delay.value), "delays.\(delay.name)", "must be 0 to 24 hours")
    }
    if let bareCallbackURL {
      try require(
        WireRules.isCallbackURL(bareCallbackURL), "bareCallbackURL", "must be an http or https URL with a host")
    }
    guard let limit = queryLimit else { return }
    try require(limit.messagesPerPeriod >= 1, "queryLimit.messagesPerPeriod", "must be 1 or more")
    try require(limit.period > .zero, "queryLimit.period", "must be longer than 0")
    try require(limit.burst >= 1, "queryLimit.burst", "must be 1 or more")
    try require(limit.violationsBeforeBlock >= 1, "queryLimit.violationsBeforeBlock", "must be 1 or more")
    try require(limit.block >= .zero, "queryLimit.block", "must not be negative")
  }

  private func require(_ holds: Bool, _ setting: String, _ reason: String) throws(SimulatorError) {
    if !holds { throw .invalidConfiguration(setting: setting, reason: reason) }
  }
}
