import Daraja
import Payments
import Store

/// What a delivery says, and how far it may be believed. Pure.
struct DeliveryReading {
  /// Starts of work on a delivery after which it is taken for one that stops the program.
  static let maximumAttempts = 3

  let parking: Parking

  /// - Parameter delivery: as it was before this attempt was counted.
  func read(_ delivery: Delivery, clock: ClockReading, uptime: Uptime) -> Finding {
    guard delivery.attempts < Self.maximumAttempts else {
      return .quarantine(reason: "The program ended \(delivery.attempts) times while it worked on this delivery.")
    }
    let message: CallbackMessage
    do {
      message = try CallbackMessage.parse(delivery.body)
    } catch {
      return .quarantine(reason: error.reason)
    }
    guard case .stk(let callback) = message else {
      return .quarantine(reason: "A C2B confirmation; this address takes results of STK pushes.")
    }
    if let token = delivery.token {
      // Its transaction was committed before the address left: if it is not here now, no waiting brings it.
      return .evidence(about: .token(token), callback, .token, ifUnknown: .addressUnknown)
    }
    guard let checkoutRequestID = callback.checkoutRequestID else {
      return .quarantine(reason: "It came to the bare address and names no CheckoutRequestID.")
    }
    return .evidence(
      about: .checkoutRequestID(checkoutRequestID), callback, .none,
      ifUnknown: parking.decide(receivedAt: delivery.receivedAt, clock: clock, uptime: uptime))
  }
}
