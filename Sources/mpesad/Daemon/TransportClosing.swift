import Daraja
import ServiceLifecycle

/// Closes the connections to Safaricom when nothing asks any more.
struct TransportClosing: Service {
  let transport: AsyncHTTPClientTransport

  func run() async throws {
    try? await gracefulShutdown()
    try await transport.shutdown()
  }
}
