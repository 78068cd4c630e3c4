import Foundation
import Testing

@testable import mpesad

/// `set-mpesa-credentials --interactive` on a terminal.
@Suite(.timeLimit(.minutes(2))) struct InteractiveTests {
  static let key = "typed-consumer-key"
  static let secret = "typed-consumer-secret"
  static let passkey = "typed-passkey"

  static func start(_ workspace: Workspace) throws -> Pty {
    try Pty(["set-mpesa-credentials", "--interactive", "--state", workspace.path + "/state"])
  }

  @Test func secretsAreNotShownAndEnterKeepsWhatIsThere() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let first = try Self.start(workspace)
    for (question, answer, isHidden) in [
      ("Environment, sandbox or production [sandbox]: ", "sandbox", false),
      ("Consumer key [not set]: ", Self.key, true),
      ("Consumer secret [not set]: ", Self.secret, true), ("5 to 7 digits [not set]: ", "12", false),
      ("5 to 7 digits [not set]: ", "600123", false), ("Passkey [not set]: ", Self.passkey, true),
      ("Callback URL [not set]: ", "https://pay.example.co.ke/api/payments/callbacks", false),
    ] {
      try await first.expect(question)
      #expect(first.echoes == !isHidden, "\(question)")
      first.type(answer)
    }
    #expect(try await first.wait() == 0, "\(first.transcript)")
    #expect(first.transcript.contains("must be 5 to 7 digits"))
    #expect(first.transcript.contains("600123"))
    for secret in [Self.key, Self.secret, Self.passkey] { #expect(!first.transcript.contains(secret)) }
    #expect(first.transcript.contains(Fingerprint.of(Self.passkey)))
    #expect(first.echoes)

    let second = try Self.start(workspace)
    for question in [
      "[sandbox]: ", "[sha256:\(Fingerprint.of(Self.key))...]: ", "[sha256:\(Fingerprint.of(Self.secret))...]: ",
      "[600123]: ", "[sha256:\(Fingerprint.of(Self.passkey))...]: ",
    ] {
      try await second.expect(question)
      second.type("")
    }
    try await second.expect("[https://pay.example.co.ke/api/payments/callbacks]: ")
    second.type("https://pay.example.co.ke/callbacks")
    #expect(try await second.wait() == 0, "\(second.transcript)")

    let list = try await CommandRun(["init-mpesa-settings", "--state", workspace.path + "/state"])
    #expect(list.status == 0, "\(list.messages)")
    func value(_ name: String) -> String? { list.cells.first { $0[0] == name }?[1] }
    #expect(value("mpesa_passkey") == "sha256:\(Fingerprint.of(Self.passkey))...")
    #expect(value("mpesa_callback_url") == "https://pay.example.co.ke/callbacks")
  }

  @Test func anInterruptLeavesTheTerminalAsItWasAndStoresNothing() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let pty = try Self.start(workspace)
    try await pty.expect("[sandbox]: ")
    pty.type("production")
    try await pty.expect("Consumer key [not set]: ")
    #expect(!pty.echoes)
    pty.interrupt()
    #expect(try await pty.wait() == 130)
    #expect(pty.echoes)
    let list = try await CommandRun(["init-mpesa-settings", "--state", workspace.path + "/state"])
    #expect(list.cells.first { $0[0] == "mpesa_environment" }?[1] == "sandbox")
  }
}
