import Foundation
import Logging
import Payments
import Store
import Testing

@testable import mpesad

/// SIGKILL at any moment loses nothing that was acknowledged, and settles nothing twice.
@Suite(.serialized) struct KillTests {
  /// A state directory with pending transactions in it, and the addresses to pay them at.
  static func seed(_ directory: String, _ count: Int) async throws -> CallbackLoad {
    let store = try SQLiteStore(directory: directory, logger: Logger(label: "seed"))
    let transactions = try await store.seedPendingTransactions(count)
    await store.close()
    let tokens = CallbackTokens(key: try KeyFile.key(at: directory + "/callback.key"))
    return CallbackLoad(tokens: tokens, transactions: transactions, path: "/api/payments/callbacks")
  }

  /// Starts the daemon once more, lets it finish, stops it, and counts on a connection of the test's own.
  static func checkAllSettled(_ directory: String, _ load: CallbackLoad, _ ledger: Set<Int>) async throws {
    let last = try MpesadProcess(["serve", "--state", directory, "--listen", "127.0.0.1:0"])
    _ = try await last.port()
    #expect(
      try await settles(directory, within: .seconds(60)), "deliveries are left unsettled: \(last.said.suffix(2_000))")
    last.signal(SIGTERM)
    #expect(try await last.wait() == 0)

    let store = try SQLiteStore(directory: directory, logger: Logger(label: "count"))
    let delivered = try await store.deliveredTransactions(in: load.transactions)
    let completed = Set(try await store.completedTransactions(in: load.transactions))
    let acknowledged = Set(ledger.map { load.transaction($0) })
    #expect(acknowledged.subtracting(delivered).isEmpty, "acknowledged and not in the inbox")
    #expect(acknowledged.subtracting(completed).isEmpty, "acknowledged and not settled")
    #expect(completed.isSubset(of: delivered), "settled without a delivery")
    #expect(try await store.deliveries(in: .quarantined, limit: 10).isEmpty, "a good delivery was quarantined")
    for id in completed.prefix(500) {
      let events = try await store.timeline(of: id)
      #expect(events.count { $0.event.kind == .completed } == 1, "transaction \(id) was settled more than once")
    }
    await store.close()
  }

  /// Whether a running daemon settles everything it has, seen from a connection of the test's own.
  static func settles(_ directory: String, within limit: Duration) async throws -> Bool {
    let database = try LedgerView(directory: directory)
    let end = ContinuousClock.now + limit
    while try await database.hasUnsettledDeliveries() {
      guard ContinuousClock.now < end else { return false }
      try await Task.sleep(for: .milliseconds(100))
    }
    return true
  }

  /// How often the twenty kills are run, each time in a new directory: MPESAD_KILLS=1000 is the long form.
  private static let repetitions =
    max(1, (ProcessInfo.processInfo.environment["MPESAD_KILLS"].flatMap(Int.init) ?? 20) / 20)

  @Test(arguments: 1...repetitions)
  func twentyKillsUnderLoadLoseNothing(repetition: Int) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let load = try await Self.seed(workspace.path, 60_000)
    let client = CallbackClient(load)
    for round in 1...20 {
      let daemon = try MpesadProcess(["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"])
      let port = try await daemon.port()
      let delay = Int.random(in: 50...700)
      async let posting: Void = client.post(to: port, connections: 16)
      try await Task.sleep(for: .milliseconds(delay))
      daemon.signal(SIGKILL)
      #expect(
        try await daemon.wait() == -SIGKILL,
        "repetition \(repetition), round \(round), after \(delay) ms: \(daemon.said.suffix(500))")
      await posting
    }
    #expect(client.ledger.count > 200, "too little load to mean anything: \(client.ledger.count)")
    try await Self.checkAllSettled(workspace.path, load, client.ledger)
  }

  @Test func terminationUnderLoadAnswersWhatItTookAndExitsWithZero() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let load = try await Self.seed(workspace.path, 20_000)
    let client = CallbackClient(load)
    let daemon = try MpesadProcess(["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"])
    let port = try await daemon.port()
    async let posting: Void = client.post(to: port, connections: 16)
    try await Task.sleep(for: .milliseconds(500))
    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0, "\(daemon.said.suffix(1_000))")
    await posting
    #expect(client.ledger.count > 100)
    #expect(client.refusals == 0)
    try await Self.checkAllSettled(workspace.path, load, client.ledger)
  }
}
