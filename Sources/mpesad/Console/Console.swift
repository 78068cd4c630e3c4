import Crypto
import Foundation
import Gateway
import HTTPTypes
import Hummingbird
import NIOCore
import Store
import Web

/// The operator's console: lets people in, and shows them its pages. While it is closed nobody can tell that it exists.
struct Console: Sendable {
  let desk: OperatorDesk
  let sessions: ConsoleSessions
  let gate: SignIn
  /// Whether every connection is TLS.
  let hasTLS: Bool
  let isOpen: @Sendable () -> Bool
  let templates: Templates
  var pages = ConsolePages.all

  /// - Parameters:
  ///   - desk: what the pages' operations are performed with.
  ///   - authenticator: checks the staff's tokens.
  init(
    desk: OperatorDesk, authenticator: Authenticator, hasTLS: Bool, isOpen: @escaping @Sendable () -> Bool
  ) throws {
    self.desk = desk
    self.hasTLS = hasTLS
    self.isOpen = isOpen
    sessions = ConsoleSessions(store: desk.store)
    gate = SignIn(desk: desk, sessions: sessions, authenticator: authenticator)
    templates = try Templates(ConsoleTemplates.sources)
  }

  /// All its addresses.
  var endpoints: [Endpoint] {
    pages.map { page in
      Endpoint(page.method, "/console" + page.path, needsUser: false, whileOpen { try await answer(page, $0, $1) })
    } + [
      Endpoint(.get, "/console/assets/:hash/:name", needsUser: false, whileOpen(asset)),
      Endpoint(.get, "/console/login", needsUser: false, whileOpen { _, _ in try signInPage(nil) }),
      Endpoint(.post, "/console/login", needsUser: false, whileOpen(signIn)),
      Endpoint(.post, "/console/logout", needsUser: false, whileOpen(signOut)),
    ]
  }

  private func whileOpen(_ action: @escaping Endpoint.Action) -> Endpoint.Action {
    { request, context in isOpen() ? try await action(request, context) : .nothingHere }
  }

  private func asset(_ request: Request, _ context: APIContext) async throws -> Response {
    guard let name = context.parameters.get("name"), let hash = context.parameters.get("hash"),
      let asset = ConsoleTemplates.assets.first(where: { $0.path == "assets/\(hash)/\(name)" })
    else { return .nothingHere }
    return Response(status: .ok, headers: asset.headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes)))
  }

  // MARK: - Pages

  private func answer(_ page: ConsolePage, _ request: Request, _ context: APIContext) async throws -> Response {
    let secure = hasTLS || context.isForwardedSecurely
    let session: ConsoleSession
    do {
      let cookie = ConsoleCookie.value(ConsoleCookie.session, in: request.headers)
      guard let found = try await sessions.find(cookie, at: desk.timing.now()) else {
        return redirect(to: "/console/login")
      }
      session = found
    } catch {
      return try signInPage("\(OperationError(error))", status: .serviceUnavailable)
    }
    do {
      let asked = try await self.asked(page, request, context, by: session)
      let notice = ConsoleCookie.value(ConsoleCookie.notice, in: request.headers)?.removingPercentEncoding
      return try response(try await page.action(asked), session, notice: notice, secure: secure)
    } catch {
      return try problem(error, session)
    }
  }

  /// What a page's action is given, once it is known that it may be given it.
  private func asked(
    _ page: ConsolePage, _ request: Request, _ context: APIContext, by session: ConsoleSession
  ) async throws -> ConsoleRequest {
    guard session.role == .operator || page.role == .readOnly else {
      throw OperationError(
        .notPermitted, "You are signed in to look only. Ask for a link with the role operator to do this.")
    }
    var body = ""
    if page.method == .post {
      body = try await form(request)
      try check(request, body, csrf: session.csrf)
    }
    var desk = desk
    desk.actor = session.user
    let parameters = Dictionary(
      context.parameters.map { (String($0.key), String($0.value)) }, uniquingKeysWith: { first, _ in first })
    return ConsoleRequest(
      session: session, desk: desk, parameters: parameters, query: request.uri.query ?? "", body: body,
      headers: request.headers)
  }

  private func form(_ request: Request) async throws -> String {
    do {
      return String(buffer: try await request.body.collect(upTo: ConsoleRequest.formLimit))
    } catch is NIOTooManyBytesError {
      throw OperationError(
        .invalid, "The form is larger than \(ConsoleRequest.formLimit >> 10) KiB. Choose less at once.")
    }
  }

  private func check(_ request: Request, _ body: String, csrf: String) throws {
    struct Proof: Decodable { var csrf: String? }
    let given = try? URLEncodedFormDecoder().decode(Proof.self, from: body).csrf
    guard !FormOrigin.isForeign(request.headers, authority: request.head.authority),
      let given, Self.isSame(given, csrf)
    else {
      throw OperationError(
        .notPermitted,
        "This form is not from a page of yours that is still good. Nothing was changed. Go back, load the page again, and "
          + "try once more.")
    }
  }

  /// Takes the same time wherever two texts differ.
  private static func isSame(_ left: String, _ right: String) -> Bool {
    SHA256.hash(data: Array(left.utf8)) == SHA256.hash(data: Array(right.utf8))
  }

  // MARK: - Answers

  private func response(
    _ answer: ConsoleAnswer, _ session: ConsoleSession, notice: String?, secure: Bool
  ) throws -> Response {
    switch answer {
    case .page(let view):
      var response = try show(view, session, notice: notice)
      if notice != nil {
        response.headers.append(
          HTTPField(name: .setCookie, value: ConsoleCookie.set(ConsoleCookie.notice, "", secure: secure, seconds: 0)))
      }
      return response
    case .redirect(let path, let notice):
      var response = redirect(to: path.hasPrefix("/console") ? path : "/console" + path)
      if let text = notice?.addingPercentEncoding(withAllowedCharacters: .alphanumerics),
        text.utf8.count <= ConsoleCookie.longestNotice
      {
        let cookie = ConsoleCookie.set(ConsoleCookie.notice, text, secure: secure, seconds: 60)
        response.headers.append(HTTPField(name: .setCookie, value: cookie))
      }
      return response
    case .file(let name, let contentType, let body):
      var headers = PageHeaders.page
      headers[.contentType] = contentType
      let plain = name.filter { $0.isASCII && $0 != "\"" && $0 != "\\" }
      headers[.contentDisposition] = "attachment; filename=\"\(plain)\""
      return Response(status: .ok, headers: headers, body: body)
    case .stream(let body):
      var headers = PageHeaders.page
      headers[.contentType] = "text/event-stream; charset=utf-8"
      if let name = HTTPField.Name("x-accel-buffering") { headers[name] = "no" }
      return Response(status: .ok, headers: headers, body: body)
    }
  }

  private func show(_ view: ConsoleView, _ session: ConsoleSession, notice: String? = nil) throws -> Response {
    let html = try templates.page(view.template, ConsoleFrame(view, session: session, notice: notice))
    return Response(
      status: view.status, headers: PageHeaders.page, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }

  /// A page that says why something was not done. Only the log learns what went wrong inside.
  private func problem(_ error: any Error, _ session: ConsoleSession) throws -> Response {
    struct Content: Sendable { var message: String }
    var known = OperationError(error)
    if known.kind == .failed {
      desk.audit.trouble("A page of the console failed.", error)
      known.description =
        "Something inside mpesad went wrong. Its log says what. Try again; if it stays so, restart the daemon."
    }
    let view = ConsoleView(
      title: known.kind.title, section: .today, template: "error", content: Content(message: known.description),
      status: HTTPResponse.Status(code: known.status))
    return try show(view, session)
  }

  private func redirect(to path: String) -> Response {
    var headers = PageHeaders.page
    headers[.location] = path
    return Response(status: .seeOther, headers: headers)
  }

  // MARK: - Coming and going

  private func signInPage(_ problem: String?, status: HTTPResponse.Status = .ok) throws -> Response {
    let html = try templates.page("gate", GateView(problem: problem))
    return Response(status: status, headers: PageHeaders.page, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }

  private func signIn(_ request: Request, _ context: APIContext) async throws -> Response {
    let secure = hasTLS || context.isForwardedSecurely
    do {
      guard !FormOrigin.isForeign(request.headers, authority: request.head.authority) else {
        throw OperationError(.notPermitted, "Sign in from this page, not from another site.")
      }
      let cookie = try await gate.cookie(form: try await form(request), from: context.client)
      var response = redirect(to: "/console/")
      response.headers.append(
        HTTPField(name: .setCookie, value: ConsoleCookie.set(ConsoleCookie.session, cookie, secure: secure)))
      return response
    } catch {
      let known = OperationError(error)
      if known.kind == .failed { desk.audit.trouble("A sign-in failed.", error) }
      return try signInPage(
        known.kind == .failed ? "Something inside mpesad went wrong. Its log says what." : known.description,
        status: HTTPResponse.Status(code: known.status))
    }
  }

  private func signOut(_ request: Request, _ context: APIContext) async throws -> Response {
    let cookie = ConsoleCookie.value(ConsoleCookie.session, in: request.headers) ?? ""
    do {
      if let session = try await sessions.find(cookie, at: desk.timing.now()) {
        try check(request, try await form(request), csrf: session.csrf)
        try await sessions.end(cookie)
        desk.audit.operated(session.user, "signed out")
      }
    } catch {
      return try signInPage("\(OperationError(error))", status: HTTPResponse.Status(code: OperationError(error).status))
    }
    var response = redirect(to: "/console/login")
    response.headers.append(
      HTTPField(
        name: .setCookie,
        value: ConsoleCookie.set(
          ConsoleCookie.session, "", secure: hasTLS || context.isForwardedSecurely, seconds: 0)))
    return response
  }
}

extension OperationError.Kind {
  /// The heading of a page that says no.
  fileprivate var title: String {
    switch self {
    case .notFound: "Not found"
    case .invalid, .misconfigured: "That cannot be used"
    case .refused: "Not as things stand"
    case .notPermitted: "Not allowed"
    case .unavailable, .failed: "That did not work"
    case .tryAgain: "Not now"
    }
  }
}
