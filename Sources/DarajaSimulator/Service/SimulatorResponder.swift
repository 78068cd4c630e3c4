import Hummingbird
import NIOCore

/// Keeps the connection at hand, since one story closes it without an answer.
struct SimulatorContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: Source) {
    coreContext = .init(source: source)
    channel = source.channel
  }
}

/// Brings requests to the sandbox and its answers to the socket.
struct SimulatorResponder: HTTPResponder {
  var sandbox: Sandbox
  var control: ControlDesk
  var stage: Stage
  var clock: SimulatorClock
  /// Real time from a push to its answer.
  var pushAnswer: Duration

  func respond(to request: Request, context: SimulatorContext) async throws -> Response {
    let route = Route(method: request.method.rawValue, path: request.uri.path)
    let authorization = request.headers[.authorization]
    guard let body = try await bytes(of: request) else {
      if case .control = route { return response(ControlError.tooLarge.answer) }
      return response(await sandbox.refusal(.tooLarge))
    }
    switch route {
    case .token:
      let grantType = request.uri.queryParameters["grant_type"].map(String.init)
      return response(await sandbox.token(authorization: authorization, grantType: grantType))
    case .tokenByPost: return response(.json(.object([])))
    case .push:
      switch await sandbox.push(authorization: authorization, body: body) {
      case .answer(let answer): return response(answer)
      case .play(let push, let script): return try await play(push, script, context.channel)
      }
    case .query: return response(await sandbox.query(authorization: authorization, body: body))
    case .control(let controlRoute):
      var query: [String: String] = [:]
      for (name, value) in request.uri.queryParameters { query[String(name)] = String(value) }
      return response(await control.answer(controlRoute, query: query, body: body))
    case .methodNotAllowed(control: true): return response(ControlError.method.answer)
    case .notFound(control: true): return response(ControlError.notFound.answer)
    case .methodNotAllowed: return response(await sandbox.refusal(.method))
    case .notFound: return response(await sandbox.refusal(.path))
    }
  }

  private func play(_ push: Push, _ script: Script, _ channel: any Channel) async throws -> Response {
    guard let performance = stage.begin(push, script) else { return response(await sandbox.refusal(.busy)) }
    defer { performance.answered.announce(.success(clock.elapsed())) }
    try await performance.mayAnswer.value
    let due = performance.acceptedAt + pushAnswer
    try await clock.sleep(max(.zero, due - clock.elapsed()))
    switch script.answer {
    case .accepted: return response(.accepted(push))
    case .empty(let status): return response(.empty(status: status))
    case .dropped:
      // What is returned after this cannot be written, which ends the connection's task.
      try await channel.close()
      return response(.empty(status: 500))
    }
  }

  /// The body, or nil when it is too large.
  private func bytes(of request: Request) async throws -> [UInt8]? {
    do {
      let buffer = try await request.body.collect(upTo: SimulatorLimits.requestBodyBytes)
      return Array(buffer.readableBytesView)
    } catch is NIOTooManyBytesError {
      return nil
    }
  }

  private func response(_ answer: WireAnswer) -> Response {
    Response(
      status: .init(code: answer.status), headers: [.contentType: answer.contentType],
      body: .init(byteBuffer: ByteBuffer(string: answer.body)))
  }
}
