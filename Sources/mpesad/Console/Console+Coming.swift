import Gateway
import HTTPTypes
import Hummingbird
import NIOCore

/// Coming and going.
extension Console {
  func signInPage(_ problem: String?, status: HTTPResponse.Status = .ok) throws -> Response {
    let html = try templates.page("gate", GateView(problem: problem))
    return Response(status: status, headers: Self.headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }

  func signIn(_ request: Request, _ context: APIContext) async throws -> Response {
    do {
      let origin = FormOrigin(request.headers, authority: request.head.authority)
      let form = try await form(request)
      let cookie = try await desk.audit.durably {
        try await gate.cookie(form: form, origin: origin, from: context.client)
      }
      var response = redirect(to: "/console/")
      response.headers.append(
        HTTPField(
          name: .setCookie, value: ConsoleCookie.set(ConsoleCookie.session, cookie, secure: isSecure(context))))
      return response
    } catch {
      return try refused(error)
    }
  }

  func signOut(_ request: Request, _ context: APIContext) async throws -> Response {
    let cookie = ConsoleCookie.value(ConsoleCookie.session, in: request.headers) ?? ""
    do {
      if let session = try await sessions.find(cookie, at: desk.timing.reading()) {
        try check(request, try await form(request), csrf: session.csrf)
        try await desk.audit.durably {
          try await sessions.end(cookie)
          desk.audit.loggedOut(session.user, from: context.client.description)
        }
      }
    } catch {
      return try refused(error)
    }
    var response = redirect(to: "/console/login")
    response.headers.append(
      HTTPField(
        name: .setCookie, value: ConsoleCookie.set(ConsoleCookie.session, "", secure: isSecure(context), seconds: 0)))
    return response
  }

  /// The page to sign in with, and why somebody is there. Only the log learns what went wrong inside.
  private func refused(_ error: any Error) throws -> Response {
    let known = OperationError(error)
    if known.kind == .failed { desk.audit.trouble("A sign-in or sign-out failed.", error) }
    return try signInPage(
      known.kind == .failed ? "Something inside mpesad went wrong. Its log says what." : known.description,
      status: HTTPResponse.Status(code: known.status))
  }
}
