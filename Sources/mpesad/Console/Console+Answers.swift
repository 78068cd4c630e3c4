import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Web

extension Console {
  /// Of all pages. The console's addresses hold no secret and go to no other site; but with no referrer at all browsers would hide where a form
  /// is from, and over plain HTTP nothing else says it.
  static let headers: HTTPFields = {
    var fields = PageHeaders.page
    if let name = HTTPField.Name("referrer-policy") { fields[name] = "same-origin" }
    return fields
  }()

  func response(
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
      var headers = Self.headers
      headers[.contentType] = contentType
      let plain = name.filter { $0.isASCII && $0 != "\"" && $0 != "\\" }
      headers[.contentDisposition] = "attachment; filename=\"\(plain)\""
      return Response(status: .ok, headers: headers, body: body)
    case .stream(let body):
      var headers = Self.headers
      headers[.contentType] = "text/event-stream; charset=utf-8"
      if let name = HTTPField.Name("x-accel-buffering") { headers[name] = "no" }
      return Response(status: .ok, headers: headers, body: body)
    }
  }

  func show(_ view: ConsoleView, _ session: ConsoleSession, notice: String? = nil) throws -> Response {
    let html = try templates.page(view.template, ConsoleFrame(view, session: session, notice: notice))
    return Response(
      status: view.status, headers: Self.headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
  }

  /// A page that says why something was not done. Only the log learns what went wrong inside.
  func problem(_ error: any Error, _ session: ConsoleSession) throws -> Response {
    struct Content: Sendable { var message: String }
    var known = OperationError(error)
    if known.kind == .failed {
      desk.audit.trouble("A page of the console failed.", error)
      known.description =
        "Something inside mpesad went wrong. Its log says what. Try again; if it stays so, restart the daemon."
    }
    let view = ConsoleView(
      title: known.kind.title, section: nil, template: "error", content: Content(message: known.description),
      status: HTTPResponse.Status(code: known.status))
    return try show(view, session)
  }

  func redirect(to path: String) -> Response {
    var headers = Self.headers
    headers[.location] = path
    return Response(status: .seeOther, headers: headers)
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
