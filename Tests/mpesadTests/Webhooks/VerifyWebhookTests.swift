import Daraja
import Foundation
import Payments
import Testing

@testable import mpesad

/// `mpesad verify-webhook`, as the author of a receiver would use it.
@Suite struct VerifyWebhookTests {
  private let workspace: Workspace
  private let secretFile: String
  private let request: String
  private let now = Int64(Date().timeIntervalSince1970)

  init() throws {
    workspace = try Workspace()
    let secret = WebhookSecrets.newSecret()
    secretFile = try workspace.file("secret", secret.reveal() + "\n")
    let body = #"{"type":"payment.completed"}"#
    let signature = try #require(WebhookSecrets(secret)).signature(
      id: "evt_1_2", timestamp: now, body: Array(body.utf8))
    request = """
      POST /hook HTTP/1.1\r\nwebhook-id: evt_1_2\r\nwebhook-timestamp: \(now)\r\nwebhook-signature: \(signature)\r\n\r\n\(body)
      """
  }

  private func verify(_ request: String, _ more: String...) async throws -> CommandRun {
    try await CommandRun(
      ["verify-webhook", "--secret-file", secretFile] + more + [try workspace.file("request", request)])
  }

  @Test func whatIsAsItWasSentIsValid() async throws {
    defer { workspace.remove() }
    let run = try await verify(request)
    #expect(run.status == 0, "\(run.messages)")
    #expect(run.data == "Valid.\n")
    let parts = request.split(separator: "\r\n").map { String($0.split(separator: ": ").last ?? "") }
    let apart = try await CommandRun([
      "verify-webhook", "--secret-file", secretFile, "--id", parts[1], "--timestamp", parts[2], "--signature", parts[3],
      try workspace.file("body", parts[4]),
    ])
    #expect(apart.status == 0, "\(apart.data)\(apart.messages)")
  }

  @Test func whatWasChangedIsNot() async throws {
    defer { workspace.remove() }
    let run = try await verify(request.replacing("completed", with: "Completed"))
    #expect(run.status == 1)
    #expect(run.data.hasPrefix("Not valid: no signature fits."))
    #expect(try await verify(request.replacing("webhook-id", with: "webhook-x")).data.contains("no webhook-id"))
    let json = try await verify(request.replacing("v1,", with: "v2,"), "--json")
    #expect(json.status == 1)
    #expect(json.data.contains(#""valid" : false"#) && json.data.contains("scheme v1"))
  }

  @Test func anOldOneIsToldFromAForgedOne() async throws {
    defer { workspace.remove() }
    try await Task.sleep(for: .milliseconds(2_100))
    let run = try await verify(request, "--tolerance", "1")
    #expect(run.status == 1)
    #expect(run.data.contains("the signature is right"))
  }

  @Test func wrongUseIsNamedAndTheSecretNeverShown() async throws {
    defer { workspace.remove() }
    let bad = try workspace.file("bad", "whsec_hunter2hunter2")
    let run = try await CommandRun(["verify-webhook", "--secret-file", bad, bad])
    #expect(run.status == 64)
    #expect(run.messages.contains(bad) && !run.messages.contains("hunter2hunter2"))
    #expect(try await CommandRun(["verify-webhook", "--secret-file", "/nowhere", bad]).status == 66)
    #expect(try await verify("no request").status == 64)
    #expect(try await verify(request, "--id", "evt").status == 64)
  }
}
