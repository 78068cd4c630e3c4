import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Hands what comes over the admin socket to those who can do it.
struct AdminResponder: HTTPResponder {
  /// The connection, since the kernel knows who is at its other end.
  struct Context: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel

    init(source: ApplicationRequestContextSource) {
      coreContext = CoreRequestContextStorage(source: source)
      channel = source.channel
    }
  }

  /// Whether whoever may connect may also operate the daemon.
  let trustsTheSocket: Bool
  let perform: AdminSocket.Perform

  func respond(to request: Request, context: Context) async throws -> Response {
    let peer: PeerUser
    do {
      peer = try await PeerUser(of: context.channel)
    } catch {
      return refusal(.forbidden, "not_permitted", "The kernel does not say whose command this is: \(error).")
    }
    guard trustsTheSocket || peer.mayOperate else {
      return refusal(
        .forbidden, "not_permitted",
        "\(peer.name) may not operate this daemon. Run the command as \(PeerUser.own.name) or as root.")
    }
    let segments = request.uri.path.split(separator: "/")
    guard request.method == .post, segments.count == 2, segments[0] == "operations" else {
      return refusal(.notFound, "invalid", "The admin socket takes POST /operations/<name>.")
    }
    let body: ByteBuffer
    do {
      body = try await request.body.collect(upTo: AdminSocket.maximumBodyBytes)
    } catch is NIOTooManyBytesError {
      return refusal(
        .contentTooLarge, "invalid",
        "The request is larger than \(AdminSocket.maximumBodyBytes) bytes. Ask for less at once.")
    }
    let claimed = HTTPField.Name(PeerUser.header).flatMap { request.headers[$0] }
    let wanted = AdminRequest(
      operation: String(segments[1]), body: Array(body.readableBytesView), user: peer.actor(claiming: claimed))
    // In a task of its own: a command that is interrupted must not cut off what has begun.
    let answer = await Task { await perform(wanted) }.value
    return Response(
      status: HTTPResponse.Status(code: answer.status), headers: [.contentType: "application/json"],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
  }

  private func refusal(_ status: HTTPResponse.Status, _ kind: String, _ description: String) -> Response {
    Response(
      status, .object([.init("kind", .string(kind)), .init("description", .string(description))]))
  }
}
