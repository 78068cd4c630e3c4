import Daraja
import Foundation
import Testing

@testable import Payments

/// The example that Standard Webhooks publishes, and what must not pass for it.
private enum Published {
  static let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  static let id = "msg_p5jXN8AQM9LWM0D4loKWxJek"
  static let timestamp: Int64 = 1_614_265_330
  static let body = Array(#"{"test": 2432232314}"#.utf8)
  static let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

  static func secrets() throws -> WebhookSecrets { try #require(WebhookSecrets(Secret(secret))) }
}

@Suite("Signing webhooks")
struct WebhookSecretsTests {
  @Test func thePublishedExampleIsSignedAsPublished() throws {
    let signature = try Published.secrets().signature(
      id: Published.id, timestamp: Published.timestamp, body: Published.body)
    #expect(signature == Published.signature)
  }

  @Test func twoSecretsBothSign() throws {
    let other = WebhookSecrets.newSecret()
    let both = try #require(WebhookSecrets(Secret("\(Published.secret) \(other.reveal())")))
    let header = both.signature(id: Published.id, timestamp: Published.timestamp, body: Published.body)
    #expect(header.split(separator: " ").count == 2)
    for secret in [Published.secret, other.reveal()] {
      let secrets = try #require(WebhookSecrets(Secret(secret)))
      #expect(secrets.verifies(header, id: Published.id, timestamp: "\(Published.timestamp)", body: Published.body))
    }
    let stranger = try #require(WebhookSecrets(WebhookSecrets.newSecret()))
    #expect(!stranger.verifies(header, id: Published.id, timestamp: "\(Published.timestamp)", body: Published.body))
  }

  private static func secret(_ bytes: Int) -> String { "whsec_" + Data(count: bytes).base64EncodedString() }

  static let texts: [(String, Bool)] = [
    (secret(24), true), (secret(64), true), (secret(23), false), (secret(65), false),
    (String(secret(32).dropFirst(6)), false), ("whsec_not base64", false), ("whsec_", false), ("", false),
    ("\(secret(32)) \(secret(32))", true), ("\(secret(32)) \(secret(32)) \(secret(32))", false),
  ]

  @Test(arguments: texts)
  func aSecretHas24To64Bytes(text: String, fits: Bool) {
    #expect((WebhookSecrets(Secret(text)) != nil) == fits)
  }
}

@Suite("Verifying webhooks")
struct WebhookVerificationTests {
  struct Row: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var id: String? = Published.id
    var timestamp: String? = "\(Published.timestamp)"
    var signature: String? = Published.signature
    var body = Published.body
    var late: Int64 = 0
    var outcome: WebhookVerification.Outcome
  }

  static let rows = [
    Row(testDescription: "as sent", outcome: .valid),
    Row(testDescription: "300 s later", late: 300, outcome: .valid),
    Row(testDescription: "301 s later", late: 301, outcome: .tooOld(seconds: 301)),
    Row(testDescription: "300 s from the future", late: -300, outcome: .valid),
    Row(testDescription: "301 s from the future", late: -301, outcome: .tooNew(seconds: 301)),
    Row(
      testDescription: "one good signature among others", signature: "v1a,AAAA v1,AAAA \(Published.signature)",
      outcome: .valid),
    Row(testDescription: "another scheme only", signature: "v1a,AAAA", outcome: .noKnownScheme),
    Row(testDescription: "a signature that is no base64", signature: "v1,?", outcome: .signatureWrong),
    Row(testDescription: "an empty signature", signature: "v1,", outcome: .signatureWrong),
    Row(testDescription: "another id", id: "msg_other", outcome: .signatureWrong),
    Row(testDescription: "another time", timestamp: "1614265331", outcome: .signatureWrong),
    Row(testDescription: "another body", body: Array("{}".utf8), outcome: .signatureWrong),
    Row(testDescription: "one byte more", body: Published.body + [10], outcome: .signatureWrong),
    Row(testDescription: "no id", id: nil, outcome: .missing(header: "webhook-id")),
    Row(testDescription: "no time", timestamp: nil, outcome: .missing(header: "webhook-timestamp")),
    Row(testDescription: "no signature", signature: "", outcome: .missing(header: "webhook-signature")),
    Row(testDescription: "a time in words", timestamp: "now", outcome: .timestampMalformed("now")),
    Row(
      testDescription: "a time without end", timestamp: "99999999999999999999",
      outcome: .timestampMalformed("99999999999999999999")),
    // Signed, but its time is not what was signed: an old webhook cannot be made young.
    Row(testDescription: "a wrong signature that is old", signature: "v1,AAAA", late: 9_999, outcome: .signatureWrong),
  ]

  @Test(arguments: rows) func outcome(row: Row) throws {
    let verification = WebhookVerification(secrets: try Published.secrets())
    let outcome = verification.check(
      id: row.id, timestamp: row.timestamp, signature: row.signature, body: row.body,
      at: (Published.timestamp + row.late) * 1_000_000)
    #expect(outcome == row.outcome)
  }
}
