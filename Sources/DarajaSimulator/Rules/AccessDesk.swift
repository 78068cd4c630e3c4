import Foundation

/// Issues access tokens. Only the last one is good: a new token kills the one before (portal, Authorization FAQ 3).
struct AccessDesk: Sendable {
  private let expectedCredentials: String
  private let lifetime: Duration
  private var token: (text: String, until: Duration)?

  init(configuration: SimulatorConfiguration) {
    expectedCredentials = configuration.consumerKey + ":" + configuration.consumerSecret
    lifetime = configuration.tokenLifetime
  }

  /// - Parameter now: real time since the start.
  mutating func issue(authorization: String?, grantType: String?, fresh: String, now: Duration) throws(Refusal) {
    guard let credentials = parameter(of: authorization, scheme: "basic"),
      decodedBase64(credentials) == expectedCredentials
    else { throw .credentials }
    guard grantType == "client_credentials" else { throw .grantType }
    token = (fresh, now + lifetime)
  }

  func check(authorization: String?, now: Duration) throws(Refusal) {
    guard let presented = parameter(of: authorization, scheme: "bearer") else { throw .authenticationHeader }
    guard let token, presented == token.text, now < token.until else { throw .token }
  }

  private func parameter(of authorization: String?, scheme: String) -> String? {
    guard let parts = authorization?.split(separator: " ", maxSplits: 1), parts.count == 2,
      parts[0].lowercased() == scheme
    else { return nil }
    return parts[1].trimmingCharacters(in: .whitespaces)
  }
}

func decodedBase64(_ text: String) -> String? {
  Data(base64Encoded: text).flatMap { String(data: $0, encoding: .utf8) }
}
