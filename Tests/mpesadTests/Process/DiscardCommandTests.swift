import Foundation
import NIOCore
import Payments
import Store
import Testing

@testable import mpesad

/// `mpesad inbox discard` against a running daemon.
@Suite struct DiscardCommandTests {
  /// 250 that cannot be read at the bare address, then one at a payment's own; the numbers 1 to 251.
  private static func seed(_ workspace: Workspace) async throws {
    let store = try OperatorCommandTests.store(workspace)
    let payment = try await store.seedPendingTransactions(1).lowerBound
    for number in 1...251 {
      let body = ByteBuffer(string: "noise \(number)")
      let token = number == 251 ? ProvenToken(payment, nonce: nil) : nil
      _ = try await store.append(
        NewDelivery(
          body: body, receivedAt: Int64(number), source: number <= 10 ? "10.0.0.2" : "10.0.0.1", token: token))
      _ = try await store.conclude([(DeliveryID(Int64(number)), .quarantine(reason: "noise"))], at: 0)
    }
    await store.close()
  }

  @Test func oneAndManyGoWhileTheDaemonRuns() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    try await Self.seed(workspace)
    let daemon = try MpesadProcess(["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"])
    _ = try await daemon.port()
    func discard(_ arguments: String...) async throws -> CommandRun {
      try await CommandRun(
        ["inbox", "discard"] + arguments + ["--reason", "The flood of Tuesday", "--state", workspace.path])
    }
    let unasked = try await discard("1")
    #expect(unasked.status == 64 && unasked.messages.contains("removed for good") && unasked.messages.contains("--yes"))
    let one = try await discard("1", "2", "--yes")
    #expect(one.status == 0 && one.cells.last == ["2", "discarded"], "\(one.messages)")
    let mixed = try await discard("3", "251", "--yes")
    #expect(mixed.status == 1 && mixed.messages.contains("evidence of money"), "\(mixed.messages)")
    let counted = try await discard("--unproven", "--source", "10.0.0.2", "--dry-run")
    #expect(counted.cells.last == ["8", "would be discarded"], "\(counted.messages)")
    let many = try await discard("--unproven", "--older-than", "1d", "--yes")
    #expect(
      many.status == 0
        && many.cells.dropFirst() == [
          ["248", "discarded"], ["1", "left: they came to a payment's own address"],
        ], "\(many.messages) \(many.data)")
    let proven = try await discard("251", "--yes")
    #expect(proven.status == 0 && proven.cells.last == ["1", "discarded"], "\(proven.messages)")
    let shown = try await CommandRun(["inbox", "show", "17", "--state", workspace.path])
    #expect(shown.cells.contains(["state", "discarded"]) && shown.cells.contains(["bytes", "0"]), "\(shown.data)")
    let note = shown.cells.first { $0[0] == "note" }?[1] ?? ""
    #expect(note.contains("The flood of Tuesday") && note.contains("SHA-256"), "\(note)")
    let listed = try await CommandRun(
      ["inbox", "list", "--status", "discarded", "--limit", "500", "--state", workspace.path])
    #expect(listed.cells.count == 252)
    #expect(daemon.said.contains("discarded 248 deliveries that prove nothing"))
    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0)
    // The daemon's own backup check reads all of it: counts and references are whole.
    let check = try await CommandRun(["check", "--full", "--state", workspace.path])
    #expect(check.data.contains("unproven") && !check.data.contains("damaged"), "\(check.data)")
  }
}
