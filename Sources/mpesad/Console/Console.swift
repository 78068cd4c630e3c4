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

  /// What answers at all other addresses below it.
  var elsewhere: Elsewhere { Elsewhere(below: "/console", whileOpen(nothing)) }

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
    try await signedIn(request) { session in
      do {
        let asked = try await self.asked(page, request, context, by: session)
        let notice = ConsoleCookie.value(ConsoleCookie.notice, in: request.headers)?.removingPercentEncoding
        let answer = try await desk.audit.durably { try await page.action(asked) }
        return try response(answer, session, notice: notice, secure: isSecure(context))
      } catch {
        return try problem(error, session)
      }
    }
  }

  /// An address that is none, or that does not take this method.
  private func nothing(_ request: Request, _ context: APIContext) async throws -> Response {
    try await signedIn(request) { session in
      let isForm = pages.contains { $0.isForm(at: request.uri.path) }
      return try problem(
        OperationError(
          .notFound,
          isForm && request.method == .get
            ? "What stands here is the answer to a form, and has no address of its own. Nothing was done now. Go back to the page it was "
              + "sent from." : "There is no such page."),
        session)
    }
  }

  /// Answers whoever is signed in, and leads others to where they can.
  private func signedIn(
    _ request: Request, _ answer: (ConsoleSession) async throws -> Response
  ) async throws -> Response {
    let session: ConsoleSession
    do {
      let cookie = ConsoleCookie.value(ConsoleCookie.session, in: request.headers)
      guard let found = try await sessions.find(cookie, at: desk.timing.reading()) else {
        return redirect(to: "/console/login")
      }
      session = found
    } catch {
      return try signInPage("\(OperationError(error))", status: .serviceUnavailable)
    }
    return try await answer(session)
  }

  /// Whether the browser came by TLS, so that its cookies may go no other way.
  func isSecure(_ context: APIContext) -> Bool { hasTLS || context.isForwardedSecurely }

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

  func form(_ request: Request) async throws -> String {
    do {
      return String(buffer: try await request.body.collect(upTo: ConsoleRequest.formLimit))
    } catch is NIOTooManyBytesError {
      throw OperationError(
        .invalid, "The form is larger than \(ConsoleRequest.formLimit >> 10) KiB. Choose less at once.")
    }
  }

  func check(_ request: Request, _ body: String, csrf: String) throws {
    struct Proof: Decodable { var csrf: String? }
    let given = try? URLEncodedFormDecoder().decode(Proof.self, from: body).csrf
    // The cookie comes with no other site's form, and no other site knows the token. So a browser that hides where a form is from is believed;
    // one that names another site is not.
    guard FormOrigin(request.headers, authority: request.head.authority) != .foreign, let given,
      Self.isSame(given, csrf)
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
}
