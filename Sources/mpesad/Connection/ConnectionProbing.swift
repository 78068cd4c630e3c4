import Daraja

/// Looks at the network between this host and Daraja. Tests answer in its place.
protocol NetworkProbing: Sendable {
  /// The addresses of a host.
  func addresses(of host: String) async -> Result<[String], ProbeFailure>
  /// Whether it takes connections.
  func connect(to host: String, port: Int) async -> Result<Void, ProbeFailure>
  /// Until when the certificate of a trusted TLS connection is valid, microseconds since the epoch.
  func certificateEnd(of host: String, port: Int) async -> Result<Microseconds, ProbeFailure>
  /// The time in its answers, microseconds since the epoch; nil when it tells none.
  func time(at url: String) async -> Result<Microseconds?, ProbeFailure>
}

/// Asks what only Daraja's own answers tell. Tests answer in its place.
protocol DarajaProbing: Sendable {
  /// Why there is no access token, or nil.
  func token() async -> DarajaFailure?
  /// What it says about a push that cannot exist.
  func account() async -> AccountOutcome
}

/// What came of asking about a push that cannot exist.
enum AccountOutcome: Sendable {
  case asked(QueryOutcome)
  /// The budget allows no question before then.
  case later(Moment)
}

/// Why something on the way could not be found out.
struct ProbeFailure: Error, Hashable, Sendable {
  var detail: String
}
