import AsyncHTTPClient
import Foundation
import Gateway
import NIOCore
import NIOPosix

/// Hands operations to the daemon that listens on an admin socket.
struct AdminClient {
  /// How long an operation may take. The slowest asks Safaricom, twice at most, with a fresh access token each.
  static let deadline = TimeAmount.seconds(120)
  /// The largest answer, in bytes: a thousand rows with all their texts stay below it.
  static let maximumAnswerBytes = 16 << 20

  let path: String
  var patience = Self.deadline

  /// Who gives the command: who became root by sudo, or else the user of this process.
  private static var operatorName: String {
    let own = PeerUser.own
    return own.number == 0 ? ProcessInfo.processInfo.environment["SUDO_USER"] ?? own.name : own.name
  }

  /// Has the daemon perform an operation.
  /// - Returns: nil when nobody listens there.
  func perform<Wanted: Operation>(_ operation: Wanted) async throws -> Wanted.Answer? {
    guard try await isHeard(), let url = URL(httpURLWithSocketPath: path, uri: "/operations/\(Wanted.name)") else {
      return nil
    }
    let (status, body) = try await post(JSONEncoder().encode(operation), to: url)
    do {
      if status == 200 { return try JSONDecoder().decode(Wanted.Answer.self, from: body) }
      throw try JSONDecoder().decode(OperationError.self, from: body)
    } catch is DecodingError {
      throw OperationError(
        .unavailable,
        "The daemon's answer (status \(status)) cannot be read: it is of another version than this command. Restart it."
      )
    }
  }

  private func post(_ json: Data, to url: URL) async throws -> (status: UInt, body: Data) {
    let client = HTTPClient(eventLoopGroupProvider: .singleton)
    do {
      var request = HTTPClientRequest(url: url.absoluteString)
      request.method = .POST
      request.headers.add(name: "Content-Type", value: "application/json")
      request.headers.add(name: PeerUser.header, value: Self.operatorName)
      request.body = .bytes(ByteBuffer(bytes: json))
      let response = try await client.execute(request, timeout: patience)
      let body = try await response.body.collect(upTo: Self.maximumAnswerBytes)
      try await client.shutdown()
      return (response.status.code, Data(body.readableBytesView))
    } catch {
      try await client.shutdown()
      throw OperationError(
        .unavailable,
        "The daemon took the request at \(path) and did not answer it: \(error). It may have been done; look before trying again."
      )
    }
  }

  private func isHeard() async throws -> Bool {
    do {
      try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .connect(unixDomainSocketPath: path).get().close()
      return true
    } catch let error as IOError where error.errnoCode == EACCES || error.errnoCode == EPERM {
      throw OperationError(
        .notPermitted,
        "You may not operate the daemon behind \(path). Run the command as its user or as root, or join the socket's group."
      )
    } catch {
      // No socket, one that a daemon left behind, or a path that is too long for one.
      return false
    }
  }
}
