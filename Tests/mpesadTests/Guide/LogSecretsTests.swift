import AsyncHTTPClient
import DarajaSimulator
import Foundation
import NIOCore
import Payments
import Testing

@testable import mpesad

/// The log of the real program at its most talkative, after a day's worth of things happened, searched for what it must never hold.
@Suite("What the log never holds", .timeLimit(.minutes(2))) struct LogSecretsTests {
  static let jwtSecret = "the-jwt-secret-of-the-test-0123456789abcdef"
  static let settingsKey = Data((0..<32).map { $0 * 7 })
  static let newPasskey = "the-passkey-that-was-set-while-it-ran"
  static let newConsumerSecret = "the-consumer-secret-that-was-set-while-it-ran"

  @Test("no credential, no key, no token, no callback address and no full number")
  func secrets() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    _ = try workspace.file("settings_key", Self.settingsKey.base64EncodedString())
    _ = try workspace.file("jwt_secret", Self.jwtSecret)
    let passkey = try workspace.file("passkey", Self.newPasskey)
    let consumerSecret = try workspace.file("secret", Self.newConsumerSecret)
    try await MerchantSystem.with { shop in
      let environment = shop.environment.merging(["CREDENTIALS_DIRECTORY": workspace.path]) { $1 }
      try await GuideHouse.run(
        settings: ["log_level=trace"], environment: environment
      ) { house in
        try await Self.live(in: house)
        let set = try await CommandRun([
          "set-mpesa-credentials", "--state", house.stateDirectory, "--passkey-file", passkey,
          "--consumer-secret-file", consumerSecret,
        ])
        #expect(set.status == 0, "\(set.messages)")
        house.daemon.signal(SIGHUP)
        try await Self.until { shop.told.count >= 2 && house.daemon.said.contains("settings_changed") }
        let said = house.daemon.said
        for event in ["callback_accepted", "completed", "query_answered", "delivery_quarantined", "wrong_token"] {
          #expect(said.contains(event), "nothing was said of \(event)")
        }
        #expect(said.contains("debug"), "it is as talkative as it can be")
        for (name, secret) in try await Self.secrets(of: house, shop) {
          #expect(!said.contains(secret), "the log holds the \(name)")
        }
      }
    }
  }

  /// Payments, forged callbacks, broken bodies, wrong tokens, an operator's commands.
  private static func live(in house: GuideHouse) async throws {
    let paid = try await house.pay(by: GuideHouse.testPhone)
    #expect(try await house.status(of: paid.transaction).status == "completed")
    try await house.simulator.program(phone: GuideHouse.otherPhone, story: .callbackNever)
    let asked = try await house.pay(by: GuideHouse.otherPhone)
    #expect(try await house.status(of: asked.transaction).status == "completed")
    let token = try await token(of: house, for: TransactionID(paid.transaction))
    let forged = """
      {"Body":{"stkCallback":{"CheckoutRequestID":"ws_CO_1_254708374149","ResultCode":0,"ResultDesc":"\(token)",\
      "CallbackMetadata":{"Item":[{"Name":"PhoneNumber","Value":254708374149}]}}}}
      """
    for (path, body) in [
      ("", forged), ("/\(token)", forged), ("/\(token.dropLast(3))xyz", forged), ("", "{254708374149"),
      ("/\(token)", "254708374149 \(token)"),
    ] {
      #expect(try await house.post("/api/payments/callbacks" + path, body, authorization: nil) == 200)
    }
    #expect(try await house.post("/api/orders", "{", authorization: "JWT \(house.token)") == 400)
    #expect(try await house.post("/api/orders", "{}", authorization: "Bearer \(house.token)x") == 401)
    for arguments in [
      ["transactions", "query", "\(asked.transaction)"], ["explain", "\(paid.transaction)", "--show-phone"],
      ["test-mpesa-connection"], ["init-mpesa-settings"],
    ] {
      _ = try await CommandRun(arguments + ["--state", house.stateDirectory])
    }
  }

  private static func secrets(of house: GuideHouse, _ shop: MerchantSystem) async throws -> [(String, String)] {
    let sandbox = house.simulator.configuration
    let basic = Data("\(sandbox.consumerKey):\(sandbox.consumerSecret)".utf8).base64EncodedString()
    // The Password of a push ends in the time: its beginning is the same in all, up to a whole group of three bytes.
    let password = Data("\(sandbox.shortcode)\(sandbox.passkey)".utf8).base64EncodedString().dropLast(4)
    let callbackKey = try Data(contentsOf: URL(fileURLWithPath: house.stateDirectory + "/callback.key"))
    return [
      ("consumer key", sandbox.consumerKey), ("consumer secret", sandbox.consumerSecret), ("passkey", sandbox.passkey),
      ("basic authorization", basic), ("password of a push", String(password)), ("JWT secret", jwtSecret),
      ("settings key", settingsKey.base64EncodedString()), ("callback key", callbackKey.base64EncodedString()),
      ("webhook secret", shop.secret.reveal()), ("new passkey", newPasskey), ("new consumer secret", newConsumerSecret),
      ("access token of a shop", house.token),
      ("address of the first payment", try await token(of: house, for: TransactionID(1))),
      ("address of the second payment", try await token(of: house, for: TransactionID(2))),
      ("first number", String(GuideHouse.testPhone.dropFirst(3))),
      ("second number", String(GuideHouse.otherPhone.dropFirst(3))),
    ]
  }

  private static func token(of house: GuideHouse, for id: TransactionID) async throws -> String {
    let nonce = try await LedgerView(directory: house.stateDirectory).nonce(of: id)
    return CallbackTokens(key: try KeyFile.key(at: house.stateDirectory + "/callback.key"))
      .token(for: ProvenToken(id, nonce: nonce))
  }

  private static func until(_ condition: () throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try !condition() {
      try #require(ContinuousClock.now < end, "waited in vain")
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}

extension GuideHouse {
  /// Posts whatever is given.
  /// - Returns: the status of the answer.
  fileprivate func post(_ path: String, _ body: String, authorization: String?) async throws -> Int {
    var request = HTTPClientRequest(url: baseURL + path)
    request.method = .POST
    request.headers = ["Content-Type": "application/json"]
    if let authorization { request.headers.add(name: "Authorization", value: authorization) }
    request.body = .bytes(ByteBuffer(string: body))
    return Int(try await shop.http.execute(request, timeout: .seconds(30)).status.code)
  }
}
