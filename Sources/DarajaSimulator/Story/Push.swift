/// An STK push that passed every check, with all that chance decided about it.
struct Push: Sendable, Equatable {
  var phone: String
  /// Whole shillings.
  var amount: Int64
  var callbackURL: String
  /// PartyB does not fit TransactionType; the real API finds this out only after the prompt.
  var partyMismatch: Bool
  var merchantRequestID: String
  var checkoutRequestID: String
  /// Microseconds since the epoch, UTC, by the real clock.
  var acceptedAt: Int64
  var receipt: String
  /// A receipt that M-Pesa never issued, for the stranger of a forged callback.
  var forgedReceipt: String
  var variation: Variation
}

/// The shapes that real traffic varies without a reason that anybody knows; drawn per push so that a client meets all
/// of them.
struct Variation: Sendable, Equatable {
  /// The metadata holds an item `Balance`, which has a name but no value (98 of 116 captured successes had it).
  var hasBalanceItem: Bool
  /// The amount is written 1500.00 rather than 1500.
  var amountHasCents: Bool
  /// A refusal with a string code carries neither MerchantRequestID nor CheckoutRequestID.
  var omitsIDs: Bool
  /// The empty answer has status 500 rather than 200.
  var emptyAnswerIsError: Bool
}

extension Variation {
  /// Four independent coins.
  init(bits: UInt64) {
    self.init(
      hasBalanceItem: bits & 1 != 0, amountHasCents: bits & 2 != 0, omitsIDs: bits & 4 != 0,
      emptyAnswerIsError: bits & 8 != 0)
  }
}
