import AsyncHTTPClient
import Foundation
import Hummingbird
import Logging
import NIOCore
import Synchronization

@testable import DarajaSimulator

/// A merchant with a real socket: takes callbacks, and makes requests by hand.
struct Shop: Sendable {
  struct Callback: Sendable {
    var path: String
    var headers: [String: String]
    var body: String
  }

  struct Answer: Sendable {
    var status: Int
    var contentType: String?
    var text: String
    var json: [String: JSONValue] { JSONValue.object(in: Array(text.utf8)) ?? [:] }

    subscript(_ name: String) -> String? { json[name]?.text }
  }

  let simulator: DarajaSimulator
  let api: String
  let address: String
  let inbox: Inbox

  /// What came in, in order.
  final class Inbox: Sendable {
    private let callbacks = Mutex<[Callback]>([])
    let answers: @Sendable () async throws -> Void
    init(answers: @escaping @Sendable () async throws -> Void) { self.answers = answers }
    func take(_ callback: Callback) { callbacks.withLock { $0.append(callback) } }
    var all: [Callback] { callbacks.withLock { $0 } }
  }

  /// Opens a shop beside a simulator, both on free ports of loopback.
  static func open(
    _ configuration: SimulatorConfiguration = .quick, clock: SimulatorClock = .system(),
    answering: @escaping @Sendable () async throws -> Void = {}, _ body: @escaping @Sendable (Shop) async throws -> Void
  ) async throws {
    let simulator = try DarajaSimulator(configuration, logger: .quiet, clock: clock)
    let inbox = Inbox(answers: answering)
    let port = Announcement<Int>()
    let responder = CallbackResponder<BasicRequestContext> { request, _ in
      let bytes = try await request.body.collect(upTo: 65_536)
      var headers: [String: String] = [:]
      for field in request.headers { headers[field.name.canonicalName] = field.value }
      inbox.take(Callback(path: request.uri.path, headers: headers, body: String(buffer: bytes)))
      try await inbox.answers()
      return Response(status: .ok)
    }
    let receiver = Application(
      responder: responder, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
      onServerRunning: { port.announce(.success($0.localAddress?.port ?? 0)) }, logger: .quiet)
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask {
        do { try await receiver.run() } catch { port.announce(.failure(error)) }
      }
      defer { group.cancelAll() }
      let address = "http://127.0.0.1:\(try await port.value)"
      try await simulator.whileRunning { api in
        try await body(Shop(simulator: simulator, api: api, address: address, inbox: inbox))
      }
    }
  }

  func send(
    _ method: String, _ path: String, authorization: String? = nil, body: String? = nil
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: api + path)
    request.method = .RAW(value: method)
    if let authorization { request.headers.add(name: "Authorization", value: authorization) }
    if let body {
      request.headers.add(name: "Content-Type", value: "application/json")
      request.body = .bytes(ByteBuffer(string: body))
    }
    let response = try await Self.client.execute(request, timeout: .seconds(20))
    let text = String(buffer: try await response.body.collect(upTo: 1 << 20))
    return Answer(
      status: Int(response.status.code), contentType: response.headers.first(name: "Content-Type"), text: text)
  }

  func askToken(key: String? = nil, grantType: String = "client_credentials") async throws -> Answer {
    let configuration = simulator.configuration
    let pair = (key ?? configuration.consumerKey) + ":" + configuration.consumerSecret
    return try await send(
      "GET", "/oauth/v1/generate?grant_type=\(grantType)",
      authorization: "Basic " + Data(pair.utf8).base64EncodedString())
  }

  func token() async throws -> String {
    let answer = try await askToken()
    guard let token = answer["access_token"] else { throw UnexpectedAnswer(answer: answer) }
    return token
  }

  private static let client: HTTPClient = {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.connectionPool.retryConnectionEstablishment = false
    return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
  }()

  struct UnexpectedAnswer: Error { var answer: Answer }

  func push(
    _ phone: String, token: String, amount: Int = 1_500, changes: [String: String?] = [:]
  ) async throws -> Answer {
    var fields: [String: String?] = signed
    fields["TransactionType"] = #""CustomerPayBillOnline""#
    fields["Amount"] = "\(amount)"
    fields["PartyA"] = #""\#(phone)""#
    fields["PartyB"] = #""\#(simulator.configuration.shortcode)""#
    fields["PhoneNumber"] = #""\#(phone)""#
    fields["CallBackURL"] = #""\#(address)/callback/secret/""#
    fields["AccountReference"] = #""A1""#
    fields["TransactionDesc"] = #""Order""#
    fields.merge(changes) { $1 }
    return try await send(
      "POST", "/mpesa/stkpush/v1/processrequest", authorization: "Bearer \(token)", body: Self.object(fields))
  }

  func query(_ checkout: String, token: String) async throws -> Answer {
    var fields: [String: String?] = signed
    fields["CheckoutRequestID"] = #""\#(checkout)""#
    return try await send(
      "POST", "/mpesa/stkpushquery/v1/query", authorization: "Bearer \(token)", body: Self.object(fields))
  }

  /// Waits until `count` callbacks have been answered.
  func delivered(_ count: Int) async throws {
    var last = 0
    for _ in 0..<count {
      let after = last
      last = try await simulator.event { $0.kind == .callbackDelivered && $0.sequence > after }.sequence
    }
  }

  /// Asks until there is a result.
  func result(of checkout: String, token: String) async throws -> Answer {
    while true {
      let answer = try await query(checkout, token: token)
      if answer.status == 200, answer["ResultCode"] != "4999" { return answer }
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  private var signed: [String: String?] {
    let configuration = simulator.configuration
    let timestamp = "20260101120000"
    let password = Data((configuration.shortcode + configuration.passkey + timestamp).utf8).base64EncodedString()
    return [
      "BusinessShortCode": #""\#(configuration.shortcode)""#, "Password": #""\#(password)""#,
      "Timestamp": #""\#(timestamp)""#,
    ]
  }

  private static func object(_ fields: [String: String?]) -> String {
    "{" + fields.compactMap { name, value in value.map { #""\#(name)":\#($0)"# } }.joined(separator: ",") + "}"
  }
}

extension SimulatorConfiguration {
  /// A hundred times faster than life, and without the limit on queries.
  static var quick: SimulatorConfiguration {
    var configuration = SimulatorConfiguration()
    configuration.pace = 0.01
    configuration.queryLimit = nil
    return configuration
  }
}

extension Logger {
  static var quiet: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

/// A clock whose readings are set by hand; its sleep is the system's.
final class HandClock: Sendable {
  private let reading = Mutex(Duration.zero)

  func advance(by time: Duration) { reading.withLock { $0 += time } }

  var clock: SimulatorClock {
    SimulatorClock(
      wall: { Push.sampleMoment + self.reading.withLock { $0 }.microseconds },
      elapsed: { self.reading.withLock { $0 } },
      sleep: { try await Task.sleep(for: $0) })
  }
}
