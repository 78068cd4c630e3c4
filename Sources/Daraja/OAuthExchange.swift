#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Asks Daraja for an access token (portal, Authorization).
struct OAuthExchange: Sendable {
  static let path = "/oauth/v1/generate?grant_type=client_credentials"
  /// Assumed where `expires_in` is missing or unreadable, in seconds. If it is wrong, the refusal of the token
  /// heals it.
  static let assumedLifetimeSeconds: Int64 = 3_600
  /// The longest token taken, in bytes; they have 28. It goes into a header line.
  static let maximumTokenBytes = 4_096

  let baseURL: String
  let credentials: DarajaCredentials
  let transport: any DarajaTransport
  let deadline: Duration

  func fetch() async throws(DarajaFailure) -> AccessTokens.Grant {
    let pair = credentials.consumerKey.reveal() + ":" + credentials.consumerSecret.reveal()
    let request = HTTPExchangeRequest(
      method: "GET", url: baseURL + Self.path, headers: [("Authorization", "Basic \(Base64.encode(pair))")])
    let response: HTTPExchangeResponse
    do throws(TransportFailure) {
      response = try await transport.send(request, deadline: deadline)
    } catch {
      throw DarajaFailure(error)
    }
    return try Self.grant(in: response)
  }

  static func grant(in response: HTTPExchangeResponse) throws(DarajaFailure) -> AccessTokens.Grant {
    switch DarajaAnswer.read(response) {
    case .failure(var failure):
      // Production answers a wrong key or secret with HTTP 400 and no body.
      let isEmptyRefusal = failure.kind == .emptyBody && response.status == 400
      if isEmptyRefusal || failure.kind == .invalidToken { failure.kind = .credentials }
      throw failure
    case .object(let object):
      guard case .string(let token) = object["access_token"], isHeaderSafe(token) else {
        throw DarajaFailure(
          kind: .unreadable, httpStatus: response.status, message: "the answer to OAuth has no usable access_token")
      }
      // A number in the portal's sample, a string in all real traffic.
      let lifetime = object["expires_in"]?.text.flatMap(Int64.init)
      return AccessTokens.Grant(token: Secret(token), lifetimeSeconds: lifetime ?? assumedLifetimeSeconds)
    }
  }

  private static func isHeaderSafe(_ token: String) -> Bool {
    (1...maximumTokenBytes).contains(token.utf8.count) && token.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
  }
}

enum Base64 {
  static func encode(_ text: String) -> String {
    Data(text.utf8).base64EncodedString()
  }
}
