import AsyncHTTPClient
import NIOCore

/// HTTP clients that each connect to one address only, whatever the name in the URL resolves to at that moment.
///
/// Between the check of an address and the connection the name must not be looked up again: it could have moved into the house meanwhile.
actor PinnedClients {
  /// Clients kept for their connections, in use or not. More addresses than this in turn cost a new connection each time.
  static let kept = 4
  /// How long TCP and TLS may take, so that another address can be tried within the whole time.
  static let connectTimeout = TimeAmount.seconds(5)
  /// How long an idle connection is kept: shorter than what servers usually wait, so that a request seldom meets a closing one.
  static let idleTimeout = TimeAmount.seconds(3)

  private struct Pin: Hashable {
    var host: String
    var address: String
  }

  private var clients: [Pin: (client: HTTPClient, users: Int)] = [:]

  /// Sends a request through the client of an address.
  func use<Value: Sendable>(
    host: String, address: String, _ body: @Sendable (HTTPClient) async throws -> Value
  ) async throws -> Value {
    let pin = Pin(host: host, address: address)
    let client = lend(pin)
    do {
      let value = try await body(client)
      await giveBack(pin)
      return value
    } catch {
      await giveBack(pin)
      throw error
    }
  }

  /// Closes all connections. Nothing may be in use.
  func shutdown() async {
    for pin in Array(clients.keys) { await close(pin) }
  }

  private func lend(_ pin: Pin) -> HTTPClient {
    let client = clients[pin]?.client ?? HTTPClient(configuration: Self.configuration(pin))
    clients[pin] = (client, (clients[pin]?.users ?? 0) + 1)
    return client
  }

  private func giveBack(_ pin: Pin) async {
    clients[pin]?.users -= 1
    guard clients.count > Self.kept, let idle = clients.first(where: { $0.value.users == 0 && $0.key != pin }) else {
      return
    }
    await close(idle.key)
  }

  private func close(_ pin: Pin) async {
    guard let (client, _) = clients.removeValue(forKey: pin) else { return }
    // It only fails when it was shut down before, and it is not known to anybody else.
    try? await client.shutdown()
  }

  private static func configuration(_ pin: Pin) -> HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration()
    configuration.redirectConfiguration = .disallow
    configuration.httpVersion = .http1Only
    configuration.timeout.connect = connectTimeout
    configuration.connectionPool.idleTimeout = idleTimeout
    configuration.connectionPool.retryConnectionEstablishment = false
    // For a literal IPv6 address the client looks up the bracketed form, and connects to the literal as it is: that was checked.
    configuration.dnsOverride = [pin.host: pin.address]
    return configuration
  }
}
