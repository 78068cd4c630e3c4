import Daraja
import Foundation
import Testing

@testable import mpesad

/// The real daemon, told by callbacks, tells a real receiver.
@Suite(.serialized) struct WebhookProcessTests {
  struct Listed: Decodable {
    var id: Int64
    var state: String
    var type: String
    var attempts: Int
    var lastAttempt: Attempt?
    struct Attempt: Decodable { var status: Int? }
  }

  private static func serve(_ directory: String, _ merchant: MerchantSystem) throws -> MpesadProcess {
    try MpesadProcess(
      ["serve", "--state", directory, "--listen", "127.0.0.1:0", "--log-level", "debug"],
      environment: merchant.environment)
  }

  private static func list(_ directory: String, _ more: String...) async throws -> [Listed] {
    let run = try await CommandRun(["deliveries", "list", "--state", directory, "--json", "--limit", "500"] + more)
    #expect(run.status == 0, "\(run.messages)")
    return try run.json([Listed].self)
  }

  @Test func aCompletedPaymentIsToldSignedAndListed() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let load = try await KillTests.seed(workspace.path, 1)
    try await MerchantSystem.with { merchant in
      let daemon = try Self.serve(workspace.path, merchant)
      await CallbackClient(load).post(to: try await daemon.port(), connections: 1)
      try await merchant.isTold(1)
      let told = try #require(merchant.told.first)
      #expect(told.isValid)
      let data = try #require(try JSONValue.parse(told.body)["data"])
      #expect(data["status"] == .string("completed"))
      #expect(data["receipt"] == .string(load.receipt(0)))
      #expect(data["transaction_id"] == .number("\(load.transaction(0))"))
      #expect(data["phone_number"]?.text?.count == 12)
      try await Self.until { try await Self.list(workspace.path).first?.state == "delivered" }
      let number = try #require(try await Self.list(workspace.path).first?.id)

      let shown = try await CommandRun(["deliveries", "show", "\(number)", "--state", workspace.path])
      #expect(shown.data.contains("payment.completed") && shown.data.contains("••••"), "\(shown.data)")
      #expect(!shown.data.contains(data["phone_number"]?.text ?? "nobody"), "the payer's number is masked")
      let raw = try await CommandRun(["deliveries", "show", "\(number)", "--raw", "--state", workspace.path])
      #expect(Array(raw.data.utf8) == told.body)
      #expect(daemon.said.contains("looked at the whole body"))
      #expect(!daemon.said.contains(data["phone_number"]?.text ?? "nobody"), "and never logged")
      #expect(try await CommandRun(["deliveries", "show", "999", "--state", workspace.path]).status == 66)

      let resent = try await CommandRun(["deliveries", "resend", "\(number)", "--state", workspace.path])
      #expect(resent.status == 0, "\(resent.messages)")
      try await Self.until { merchant.told.count == 2 }
      #expect(merchant.told[0] == merchant.told[1], "the same id, the same bytes")
      daemon.signal(SIGTERM)
      #expect(try await daemon.wait() == 0)
    }
  }

  @Test func parkedOnesAreSentAgainTogether() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let load = try await KillTests.seed(workspace.path, 3)
    try await MerchantSystem.with { merchant in
      merchant.answer(with: 410)
      let daemon = try Self.serve(workspace.path, merchant)
      await CallbackClient(load).post(to: try await daemon.port(), connections: 1)
      try await Self.until { try await Self.list(workspace.path).filter { $0.state == "parked" }.count == 3 }
      #expect(try await Self.list(workspace.path).allSatisfy { $0.lastAttempt?.status == 410 })
      #expect(daemon.said.contains("is given up") && daemon.said.contains("mpesad deliveries resend"))
      merchant.answer(with: 200)
      let dry = try await CommandRun(["deliveries", "resend", "--parked", "--dry-run", "--state", workspace.path])
      #expect(dry.cells.count == 4 && dry.cells.first?.first == "would be resent", "\(dry.messages)")
      #expect(try await Self.list(workspace.path).allSatisfy { $0.state == "parked" })
      let resent = try await CommandRun(["deliveries", "resend", "--parked", "--state", workspace.path])
      #expect(resent.status == 0, "\(resent.messages)")
      #expect(resent.cells.count == 4)
      try await Self.until { try await Self.list(workspace.path).allSatisfy { $0.state == "delivered" } }
      daemon.signal(SIGTERM)
      #expect(try await daemon.wait() == 0)
    }
  }

  @Test func withoutASecretNothingIsSentAndTheJournalNamesTheSetting() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let load = try await KillTests.seed(workspace.path, 1)
    try await MerchantSystem.with { merchant in
      var environment = merchant.environment
      environment["MPESA_WEBHOOK_SECRET"] = nil
      let daemon = try MpesadProcess(
        ["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"], environment: environment)
      await CallbackClient(load).post(to: try await daemon.port(), connections: 1)
      try await Self.until { try await Self.list(workspace.path).first?.state == "waiting" }
      try await Self.until { daemon.said.contains("mpesa_webhook_secret") }
      daemon.signal(SIGTERM)
      #expect(try await daemon.wait() == 0)
      #expect(merchant.told.isEmpty)
    }
  }

  @Test func killsInBetweenLoseNothingAndNameNothingTwice() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let load = try await KillTests.seed(workspace.path, 400)
    try await MerchantSystem.with { merchant in
      let client = CallbackClient(load)
      for round in 1...3 {
        let daemon = try Self.serve(workspace.path, merchant)
        await client.post(to: try await daemon.port(), connections: 4, most: round * 130)
        try await merchant.isTold(round * 60)
        daemon.signal(SIGKILL)
        #expect(try await daemon.wait() == -SIGKILL)
      }
      let last = try Self.serve(workspace.path, merchant)
      await client.post(to: try await last.port(), connections: 4)
      // A callback under way at a kill has no answer, and its transaction nothing to tell; all others are told.
      try await merchant.isTold(client.ledger.count)
      try await Self.until { try await Self.list(workspace.path).allSatisfy { $0.state == "delivered" } }
      last.signal(SIGTERM)
      #expect(try await last.wait() == 0)
      #expect(client.ledger.count > 380)
      #expect(!merchant.told.contains { !$0.isValid })
      let names = Set(merchant.told.map(\.id))
      #expect(Set(merchant.told.map(\.body)).count == names.count, "one body for each name, one name for each body")
      let transactions = try Set(
        names.map { name in
          let body = try #require(merchant.told.first { $0.id == name }).body
          return try JSONValue.parse(body)["data"]?["transaction_id"]?.text ?? ""
        })
      #expect(transactions.count == names.count, "no transaction is told of under two names")
    }
  }

  static let wrong: [([String], Int32, String)] = [
    (["deliveries", "list", "--limit", "0"], 64, "--limit"),
    (["deliveries", "resend"], 64, "--parked"),
    (["deliveries", "resend", "1", "--parked"], 64, "--parked"),
    (["verify-webhook", "--secret-file", "x", "--tolerance", "-1", "y"], 64, "tolerance"),
  ]

  @Test(arguments: wrong) func wrongUseIsNamed(arguments: [String], status: Int32, named: String) async throws {
    let run = try await CommandRun(arguments)
    #expect(run.status == status, "\(run.messages)")
    #expect(run.messages.contains(named), "\(run.messages)")
  }

  private static func until(_ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(60)
    while try await !condition() {
      try #require(ContinuousClock.now < end, "it did not come to pass within a minute")
      try await Task.sleep(for: .milliseconds(50))
    }
  }
}
