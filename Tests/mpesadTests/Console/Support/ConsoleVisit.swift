import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import Web

@testable import mpesad

/// Somebody who is signed in to the console of a rig and opens its pages, as the frame lets them.
struct ConsoleVisit {
  struct Forbidden: Error {}
  struct NoSuchPage: Error { var path: String }

  /// What came of opening a page.
  enum Seen {
    case page(String, HTTPResponse.Status)
    case redirect(String, String?)
    case file(String)

    /// The page's HTML, the file's text, or the address that it leads to.
    var text: String {
      switch self {
      case .page(let html, _): html
      case .redirect(let path, _): path
      case .file(let text): text
      }
    }

    var notice: String? { if case .redirect(_, let notice) = self { notice } else { nil } }
    var status: Int { if case .page(_, let status) = self { status.code } else { 303 } }
  }

  let rig: DeskRig
  let session: ConsoleSession
  private let templates: Templates

  init(_ rig: DeskRig, as role: ConsoleRole = .operator) throws {
    self.rig = rig
    session = ConsoleSession(user: "asha", role: role, csrf: "c5rf", startedAt: DeskRig.now)
    templates = try Templates(ConsoleTemplates.sources)
  }

  func get(_ address: String) async throws -> Seen { try await open(.get, address, body: "") }
  func post(_ address: String, _ form: String = "") async throws -> Seen { try await open(.post, address, body: form) }

  private func open(_ method: HTTPRequest.Method, _ address: String, body: String) async throws -> Seen {
    let parts = address.split(separator: "?", maxSplits: 1).map(String.init)
    for page in ConsolePages.all where page.method == method {
      guard let parameters = Self.parameters(of: parts[0], in: page.path) else { continue }
      guard session.role == .operator || page.role == .readOnly else { throw Forbidden() }
      let request = ConsoleRequest(
        session: session, desk: rig.desk, parameters: parameters, query: parts.count > 1 ? parts[1] : "", body: body,
        headers: [:])
      return try await seen(try await page.action(request))
    }
    throw NoSuchPage(path: address)
  }

  private func seen(_ answer: ConsoleAnswer) async throws -> Seen {
    switch answer {
    case .page(let view):
      let frame = ConsoleFrame(view, session: session, notice: nil)
      return .page(try templates.page(view.template, frame), view.status)
    case .redirect(let to, let notice): return .redirect(to, notice)
    case .file(_, _, let body), .stream(let body): return .file(try await Self.text(of: body))
    }
  }

  /// All that a body writes.
  static func text(of body: ResponseBody) async throws -> String {
    let written = WrittenBody()
    try await body.write(written)
    return written.text
  }

  /// The values of a path's colons, or nil where it is another path. Fixed words come first, as with the router.
  private static func parameters(of path: String, in pattern: String) -> [String: String]? {
    let (words, names) = (path.split(separator: "/"), pattern.split(separator: "/"))
    guard words.count == names.count else { return nil }
    var parameters: [String: String] = [:]
    for (word, name) in zip(words, names) {
      if name.hasPrefix(":") {
        guard word.allSatisfy(\.isNumber) else { return nil }
        parameters[String(name.dropFirst())] = String(word)
      } else if word != name {
        return nil
      }
    }
    return parameters
  }
}

/// Keeps what is written to it.
private final class WrittenBody: ResponseBodyWriter, Sendable {
  private let bytes = Mutex(ByteBuffer())

  var text: String { bytes.withLock { String(buffer: $0) } }

  func write(_ buffer: ByteBuffer) async throws {
    bytes.withLock { _ = $0.writeImmutableBuffer(buffer) }
  }

  func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
