public import Hummingbird

/// What travels with a request through the router.
public struct APIContext: RequestContext {
  /// Hummingbird's own part.
  public var coreContext: CoreRequestContextStorage
  /// The other end of the connection.
  let peer: ClientAddress
  /// Who calls; behind a trusted proxy the client that the proxy names.
  public internal(set) var client: ClientAddress
  /// Whether a trusted proxy says that the client came to it by TLS.
  public internal(set) var isForwardedSecurely = false
  /// Whom the token proves.
  var caller = Caller.nobody

  /// What is known when a request begins.
  public init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    peer = ClientAddress(peer: source.channel.remoteAddress)
    client = peer
  }

  /// The positive number in the path, or an error that says that there is no such thing.
  func number(orElse code: ErrorCode) throws(APIError) -> Int64 {
    guard let text = parameters.get("id"), text.utf8.count <= 19, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
      let number = Int64(text), number > 0
    else { throw APIError(code) }
    return number
  }
}
