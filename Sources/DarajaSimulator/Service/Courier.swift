import AsyncHTTPClient
import NIOCore

/// What became of one post.
enum DeliveryResult: Sendable, Equatable {
  case answered(status: Int)
  /// Without an answer, and why in a few words without the address.
  case failed(String)
}

/// Posts callbacks as Safaricom does: once, whatever the answer, and without following redirects.
struct Courier: Sendable {
  private let client: HTTPClient
  private let shortcode: String

  init(shortcode: String) {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.timeout.connect = TimeAmount(SimulatorLimits.callbackAnswer)
    // The client would try again on its own for as long as the deadline allows.
    configuration.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    self.shortcode = shortcode
  }

  func post(_ delivery: Delivery) async -> DeliveryResult {
    var request = HTTPClientRequest(url: delivery.url)
    request.method = .POST
    // The headers of a real callback, captured October 2025.
    request.headers = [
      "User-Agent": "ReactorNetty/1.2.9", "Accept": "*/*", "Accept-Encoding": "gzip",
      "Content-Type": "application/json;charset=UTF-8", "Businessshortcode": shortcode,
    ]
    request.body = .bytes(ByteBuffer(string: delivery.body))
    do {
      let response = try await client.execute(request, timeout: TimeAmount(SimulatorLimits.callbackAnswer))
      let status = Int(response.status.code)
      do {
        // Read only so that the connection can be used again; a body that is too long or breaks off changes nothing.
        _ = try await response.body.collect(upTo: SimulatorLimits.callbackAnswerBytes)
      } catch {
        return .answered(status: status)
      }
      return .answered(status: status)
    } catch is CancellationError {
      return .failed("the simulator was stopped")
    } catch let error as HTTPClientError {
      return .failed(error == .deadlineExceeded ? "no answer in time" : error.shortDescription)
    } catch {
      return .failed("no connection")
    }
  }

  func close() async throws { try await client.shutdown() }
}
