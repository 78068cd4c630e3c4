import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization

@testable import mpesad

/// A browser's part, in as far as the console relies on it: cookies are kept and sent back, and redirects are seen.
final class ConsoleBrowser: Sendable {
  struct Answer: Sendable {
    var status: Int
    var headers: [String: String]
    var cookies: [String]
    var body: String

    var location: String? { headers["location"] }
  }

  private static let answerLimit = 4 << 20

  let base: String
  private let trusted: String?
  private let jar = Mutex<[String: String]>([:])

  /// - Parameter certificate: a file with the one that is trusted; nil for plain HTTP.
  init(port: Int, trusting certificate: String? = nil) {
    base = certificate == nil ? "http://127.0.0.1:\(port)" : "https://localhost:\(port)"
    trusted = certificate
  }

  /// The session's cookie; empty where nobody is signed in.
  var session: String { jar.withLock { $0[ConsoleCookie.session] ?? "" } }
  /// What its forms bring back.
  var csrf: String { ConsoleSessions.csrf(session) }

  func get(_ path: String, _ headers: [String: String] = [:]) async throws -> Answer {
    try await send(.GET, path, headers: headers)
  }

  /// Sends a form as it is.
  func post(_ path: String, _ form: String, _ headers: [String: String] = [:]) async throws -> Answer {
    try await send(.POST, path, form, headers: headers)
  }

  /// Sends a form of a page of the session's own.
  func submit(_ path: String, _ fields: String = "", _ headers: [String: String] = [:]) async throws -> Answer {
    try await post(path, "csrf=\(csrf)" + (fields.isEmpty ? "" : "&" + fields), headers)
  }

  func send(
    _ method: HTTPMethod, _ path: String, _ form: String? = nil, headers: [String: String] = [:]
  ) async throws -> Answer {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    if let trusted {
      var tls = TLSConfiguration.makeClientConfiguration()
      tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(trusted))
      configuration.tlsConfiguration = tls
    }
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let result: Result<Answer, any Error>
    do { result = .success(try await send(method, path, form, headers, by: client)) } catch { result = .failure(error) }
    try await client.shutdown()
    return try result.get()
  }

  private func send(
    _ method: HTTPMethod, _ path: String, _ form: String?, _ headers: [String: String], by client: HTTPClient
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: base + path)
    request.method = method
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    let cookies = jar.withLock { $0.map { "\($0.key)=\($0.value)" } }
    if !cookies.isEmpty { request.headers.add(name: "cookie", value: cookies.joined(separator: "; ")) }
    if let form {
      request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
      request.body = .bytes(ByteBuffer(string: form))
    }
    let response = try await client.execute(request, timeout: .seconds(30))
    let set = response.headers["set-cookie"]
    keep(set)
    // An open stream has no end to wait for.
    let isStream = response.headers["content-type"].first?.hasPrefix("text/event-stream") == true
    let body = isStream ? ByteBuffer() : try await response.body.collect(upTo: Self.answerLimit)
    let fields = response.headers.map { ($0.name.lowercased(), $0.value) }
    return Answer(
      status: Int(response.status.code), headers: Dictionary(fields, uniquingKeysWith: { $1 }), cookies: set,
      body: String(buffer: body))
  }

  private func keep(_ cookies: [String]) {
    jar.withLock { jar in
      for cookie in cookies {
        let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard pair.count == 2 else { continue }
        jar[String(pair[0])] = cookie.contains("Max-Age=0") ? nil : String(pair[1])
      }
    }
  }
}
