/// What a shopper sees of an order. The raw values stand in the pages, for their style and script.
enum CheckoutState: String, CaseIterable, Sendable {
  /// Nothing was sent yet.
  case ready
  /// The prompt is on its way to Safaricom.
  case sending
  /// The prompt is on the phone.
  case prompted
  /// The prompt may be answered; or its sending was in doubt.
  case checking
  /// The order is paid.
  case paid
  case cancelled
  case wrongPIN = "wrong-pin"
  case pinLocked = "pin-locked"
  case insufficientFunds = "insufficient-funds"
  case unreachable
  case limit
  case failedOtherwise = "failed"
  /// The prompt is over and nobody knows yet how it ended.
  case stillChecking = "still-checking"
  /// Money may have come; a person looks.
  case review
  /// The order can no longer be paid here.
  case expired

  /// Whether something is awaited, so that a page without a script looks again by itself.
  var isAwaited: Bool {
    switch self {
    case .sending, .prompted, .checking, .stillChecking, .review: true
    default: false
    }
  }

  /// Whether Safaricom said how the last prompt ended, and that it moved no money.
  var isFailure: Bool {
    switch self {
    case .cancelled, .wrongPIN, .pinLocked, .insufficientFunds, .unreachable, .limit, .failedOtherwise: true
    default: false
    }
  }

  /// Whether nothing more is to come for whoever watches.
  var isFinal: Bool { self == .paid || self == .expired }
}
