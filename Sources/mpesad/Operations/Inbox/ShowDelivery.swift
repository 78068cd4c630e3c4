import Foundation
import Payments
import Store

/// Looks a delivery up, with its body.
struct ShowDelivery: Operation {
  static let name = "inbox-show"

  struct Answer: Codable, Sendable {
    var delivery: DeliveryRecord
    /// The body exactly as it came, where that is wanted.
    var bytes: Data?
  }

  var delivery: Int64
  var showPhone: Bool
  /// The body is wanted exactly as it came, with all numbers in it.
  var wantsBytes: Bool

  func perform(at desk: OperatorDesk) async throws -> Answer {
    guard let found = try await desk.store.delivery(DeliveryID(delivery)) else {
      throw OperationError(.notFound, "There is no delivery \(delivery) in the inbox.")
    }
    if showPhone || wantsBytes {
      desk.audit.operated(
        desk.actor, "looked at the full phone numbers in delivery \(delivery)", transaction: found.transaction)
    }
    return Answer(
      delivery: DeliveryRecord(found, mask: PhoneMask(showing: showPhone)), bytes: wantsBytes ? Data(found.body) : nil)
  }
}
