import Daraja
import Gateway
import Payments
import Reconciliation
import Store
import Testing

@testable import mpesad

/// What stands in the inbox of a house, and who comes to its console.
extension WebHouse {
  /// A payment in review: a shilling less came than was asked for.
  func reviewed(_ order: Placed) async throws -> Transaction { try await paid(order, cents: 149_900) }

  /// Bytes that nobody can read.
  @discardableResult
  func quarantined(_ body: String, reason: String = "The body is not JSON.") async throws -> DeliveryID {
    try await delivered(body, .quarantine(reason: reason))
  }

  /// A payment whose push was never answered, and a callback that may be about it.
  func stray() async throws -> (payment: Transaction, delivery: DeliveryID) {
    let lost = try await settle(
      requested(order(), secondsAgo: 1_800), .pushAnswer(.uncertain(detail: "no answer in 30 s")),
      at: now - 1_799 * Self.second)
    var callback = DeskRig.paid(lost, receipt: "NLJ7STRAY1")
    let checkout = Self.checkout(lost)
    callback.checkoutRequestID = checkout
    let body = DeskRig.body(lost).replacing(DeskRig.checkout(lost), with: checkout)
    return (
      lost,
      try await delivered(body, .evidence(about: .checkoutRequestID(checkout), callback, .none, ifUnknown: .giveUp))
    )
  }

  /// As Safaricom would have named it then: day, month, year, time, and the payer's nine digits.
  private static func checkout(_ transaction: Transaction) -> String {
    let time = DarajaTimestamp.format(microsecondsSinceEpoch: transaction.createdAt + second)
    let (year, month, rest) = (time.prefix(4), time.dropFirst(4).prefix(2), time.dropFirst(6))
    return "ws_CO_\(rest.prefix(2))\(month)\(year)\(rest.dropFirst(2))100\(transaction.phone.digits.suffix(9))"
  }

  /// Bytes of a minute ago about which this was found. The daemon's own workers are let through first, so that they do not conclude otherwise.
  private func delivered(_ body: String, _ finding: Finding) async throws -> DeliveryID {
    let then = now - 60 * Self.second
    let id = try await ExampleLedger(store: store).append(body, to: nil, at: then)
    for _ in 0..<Self.looks where try await store.delivery(id)?.state == .received {
      try await Task.sleep(for: .milliseconds(10))
    }
    try #require(try await store.delivery(id)?.state != .received, "the workers leave it alone")
    _ = try await store.conclude([(id, finding)], at: then)
    return id
  }

  /// How often it is looked, over ten seconds, whether the workers are through.
  private static let looks = 1_000

  /// A token of the shop's own sign-in.
  func token(isStaff: Bool = true) async throws -> String {
    try await AccessKeys(daemon.live.current).issuer(now: { Timing.system.now() })
      .token(user: "7", lifetime: .seconds(600), staff: isStaff)
  }

  /// What people did, the newest first.
  func trail() async throws -> [String] {
    try await store.actions(before: nil, limit: 100).map { [$0.actor, $0.what, $0.why ?? ""].joined(separator: " | ") }
  }
}
