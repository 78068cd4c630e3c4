import DarajaSimulator
import Foundation
import Payments
import Reconciliation
import Store

/// Simulator and daemon while both run, at their real addresses.
struct DemoHouse: Sendable {
  /// The user in the tokens of the demo.
  static let user = "demo-shop"
  /// How long those tokens are valid: as long as anybody plays with `--keep` in one sitting.
  static let tokenLifetime = Duration.seconds(86_400)

  let pace: DemoPace
  let simulator: DarajaSimulator
  let daemon: Daemon
  let darajaURL: String
  let daemonURL: String
  let stateDirectory: String

  /// A fresh token for the API.
  func token() async throws -> String {
    try await daemon.access.issuer(now: Timing.system.now).token(user: Self.user, lifetime: Self.tokenLifetime)
  }

  /// What became of a story so far.
  func ending(of performance: Play.Performance, _ shop: ShopClient) async throws -> Ending {
    let id = TransactionID(performance.transaction)
    let told = try await shop.status(performance.transaction)
    let order = try await shop.order(performance.order)
    // The disk is read after the API, so that what the API told is there.
    guard let transaction = try await daemon.store.transaction(id),
      let stored = try await daemon.store.order(OrderID(performance.order))
    else { throw DemoError.lost(transaction: performance.transaction) }
    return Ending(
      prompt: performance.prompt, told: told, orderStatus: order.status, transaction: transaction, order: stored,
      timeline: try await daemon.store.timeline(of: id))
  }

  /// What is wrong with the house as a whole: when all stories are over, everything that came must be settled, and no question may have
  /// been put so fast that Safaricom refused it.
  func differences() async throws -> [String] {
    let refused = await simulator.events.count { $0.kind == .queryRefused }
    let census = try await daemon.store.census()
    let counts =
      [("questions refused by Safaricom", refused)]
      + DeliveryState.allCases.filter { !$0.isFinal }.map { ("inbox, \($0.rawValue)", census.deliveries[$0] ?? 0) }
    return counts.filter { $0.1 != 0 }.map { "\($0.0): expected none, got \($0.1)" }
  }
}

/// Why the demo could not be played to its end.
enum DemoError: Error, CustomStringConvertible {
  case interrupted
  case neverOpened
  case lost(transaction: Int64)
  case temporaryDirectory(path: String, detail: String)

  /// What happened, and what to do next.
  var description: String {
    switch self {
    case .interrupted: "The demo was interrupted before all stories were over. Start it again to see them all."
    case .neverOpened:
      "The demo's daemon stopped before it listened. Start the demo again with --keep and read demo.log."
    case .lost(let transaction):
      "Transaction \(transaction) was answered by the API, but is not in the database. This must not happen; please report it."
    case .temporaryDirectory(let path, let detail):
      "Cannot make \(path): \(detail) Set TMPDIR to a directory that may be written to."
    }
  }
}
