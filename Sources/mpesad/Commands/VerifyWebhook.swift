import ArgumentParser
import Daraja
import Foundation
import Payments
import Reconciliation

/// Checks a webhook as a receiver must, for whoever writes or doubts one.
struct VerifyWebhook: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-webhook", abstract: "Check the signature of a webhook that was saved to a file.",
    discussion: """
        mpesad verify-webhook --secret-file whsec.txt request.http
        mpesad verify-webhook --secret-file whsec.txt --id evt_41_1795478400000000 --timestamp 1795478400 --signature v1,... body.json

      Without --id, --timestamp and --signature the file holds the HTTP request as it came: headers, an empty line, the body.
      Exit codes: 0 valid, 1 not valid.
      """, aliases: ["verify_webhook"])

  /// The largest file taken, in bytes: a thousand times what a webhook has.
  static let maximumFileBytes = 1 << 20

  @Option(
    name: .long, help: "A file with mpesa_webhook_secret: one secret, or two with a space between.",
    transform: AbsolutePath.argument)
  var secretFile: String

  @Option(name: .long, help: "Seconds that the timestamp may be from now.")
  var tolerance = WebhookVerification.standardTolerance

  @Option(name: .long, help: "The value of webhook-id.")
  var id: String?

  @Option(name: .long, help: "The value of webhook-timestamp.")
  var timestamp: String?

  @Option(name: .long, help: "The value of webhook-signature.")
  var signature: String?

  @Flag(name: .long, help: "Print one JSON value.")
  var json = false

  @Argument(help: "The request as it came, or the body alone.", transform: AbsolutePath.argument)
  var file: String

  struct Answer: Encodable {
    var valid: Bool
    var detail: String
  }

  func validate() throws {
    guard tolerance >= 0 else { throw ValidationError("--tolerance must not be negative.") }
    let given = [id, timestamp, signature].count { $0 != nil }
    guard given == 0 || given == 3 else {
      throw ValidationError("Give --id, --timestamp and --signature together, or none of them.")
    }
  }

  func run() async throws {
    do {
      let secret = Secret(String(decoding: try Self.read(secretFile), as: UTF8.self))
      guard let secrets = WebhookSecrets(secret) else {
        throw OperationError(
          .invalid, "\(secretFile) must hold whsec_ and base64 of 24 to 64 bytes, or two of them with a space between.")
      }
      let bytes = try Self.read(file)
      let request =
        id == nil
        ? try SavedRequest(bytes)
        : SavedRequest(id: id, timestamp: timestamp, signature: signature, body: bytes)
      let outcome = WebhookVerification(secrets: secrets, tolerance: tolerance).check(
        id: request.id, timestamp: request.timestamp, signature: request.signature, body: request.body,
        at: Timing.system.now())
      let answer = Answer(valid: outcome == .valid, detail: Self.sentence(outcome))
      try Terminal.say(json ? OutputOptions.json(answer) : answer.detail)
      if !answer.valid { throw ExitStatus.no }
    } catch {
      throw ExitStatus.report(error)
    }
  }

  private static func read(_ path: String) throws -> [UInt8] {
    do {
      let handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
      defer { try? handle.close() }
      let bytes = try handle.read(upToCount: maximumFileBytes + 1) ?? Data()
      guard bytes.count <= maximumFileBytes else {
        throw OperationError(.invalid, "\(path) is larger than \(maximumFileBytes) bytes; no webhook is.")
      }
      return Array(bytes)
    } catch let error as CocoaError {
      throw OperationError(.notFound, "Cannot read \(path): \(error.localizedDescription)")
    }
  }

  static func sentence(_ outcome: WebhookVerification.Outcome) -> String {
    switch outcome {
    case .valid: "Valid."
    case .missing(let header): "Not valid: there is no \(header)."
    case .timestampMalformed(let text): "Not valid: webhook-timestamp is no number of seconds: \(PlainText.line(text))."
    case .tooOld(let seconds):
      "Not valid any more: the signature is right, but was made \(seconds) s ago. --tolerance allows more."
    case .tooNew(let seconds):
      "Not valid yet: the signature is right, but is from \(seconds) s in the future. Check the clocks."
    case .noKnownScheme: "Not valid: webhook-signature has no signature of the scheme v1."
    case .signatureWrong:
      "Not valid: no signature fits. The secret is another one, or id, timestamp or body are not as they were sent."
    }
  }
}
