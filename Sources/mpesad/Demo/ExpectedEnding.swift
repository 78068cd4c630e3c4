import DarajaSimulator
import Payments

/// How the program came to know what became of a payment.
enum KnownBy: String, Sendable, Codable, CaseIterable {
  case callback, query
  /// Nobody told us: it is pending, or the schedule ended without an answer.
  case none
}

/// What the shop was told when it asked for a prompt.
enum PromptAnswer: String, Sendable, Codable {
  /// 200: the prompt is on its way.
  case sent
  /// 202: the answer was lost, the prompt may be live.
  case uncertain
}

/// How a story must end.
struct ExpectedEnding: Sendable {
  /// What the shopper did, in a few words for the table.
  var shopper: String
  var prompt = PromptAnswer.sent
  var status: PaymentStatus
  var reason: Reason?
  var flags: PaymentFlags = []
  /// The ways of knowing that are right; more than one where the callback and a question that is due race, as they do in life.
  var knownBy: Set<KnownBy> = [.callback]
  var hasReceipt = false
  /// Callbacks about it that must be in the inbox, settled: those of strangers too.
  var deliveries = 1

  /// Money is credited to the order exactly when the payment is completed.
  var paysOrder: Bool { status == .completed }
}

extension ExpectedEnding {
  /// How `story` must end, and why.
  static func of(_ story: Story) -> ExpectedEnding {
    switch story {
    case .pays:
      ExpectedEnding(shopper: "paid", status: .completed, hasReceipt: true)
    case .cancels:
      ExpectedEnding(shopper: "pressed cancel", status: .failed, reason: .cancelled)
    // The callback and the question of that minute may come together.
    case .ignores:
      ExpectedEnding(
        shopper: "let the prompt time out", status: .failed, reason: .timeout, knownBy: [.callback, .query])
    case .noMoney:
      ExpectedEnding(shopper: "had too little money", status: .failed, reason: .insufficientFunds)
    // 2001 is the shopper's PIN in an STK push, whatever its text says of initiators.
    case .wrongPIN:
      ExpectedEnding(shopper: "entered a wrong PIN", status: .failed, reason: .wrongPIN)
    // A query says paid, but never with which receipt.
    case .callbackNever:
      ExpectedEnding(
        shopper: "paid", status: .completed, flags: .receiptMissing, knownBy: [.query], deliveries: 0)
    // The second is kept and counted as a duplicate; the money is credited once.
    case .callbackTwice:
      ExpectedEnding(shopper: "paid", status: .completed, hasReceipt: true, deliveries: 2)
    // The token in its address finds the transaction before the CheckoutRequestID is known.
    case .callbackFirst:
      ExpectedEnding(shopper: "paid at once", status: .completed, hasReceipt: true)
    // Nothing is sent twice; the token in the callback's address finds the transaction.
    case .answerLost:
      ExpectedEnding(shopper: "paid", prompt: .uncertain, status: .completed, hasReceipt: true)
    // Proof of payment counts after a refusal too, with a flag for the person who may have shipped nothing.
    case .lateSuccess:
      ExpectedEnding(
        shopper: "paid after the time-out", status: .completed, flags: .lateSuccess, hasReceipt: true, deliveries: 2)
    // The money is real, but the order is not settled by it: a person decides.
    case .otherAmount:
      ExpectedEnding(shopper: "paid another amount", status: .review, reason: .amountMismatch, hasReceipt: true)
    // A code that is no number is not zero.
    case .stringCode:
      ExpectedEnding(shopper: "was refused for bad debt", status: .failed, reason: .badDebt)
    // Bytes are kept before they are read, and read a second time leniently.
    case .rawLineFeed:
      ExpectedEnding(shopper: "paid", status: .completed, hasReceipt: true)
    // Nobody was prompted, but a firewall's page does not prove it, and without an id nothing can be asked.
    case .blockPage:
      ExpectedEnding(
        shopper: "was never prompted", prompt: .uncertain, status: .review, reason: .unanswered, knownBy: [.none],
        deliveries: 0)
    // As with the lost answer.
    case .emptyBody:
      ExpectedEnding(shopper: "paid", prompt: .uncertain, status: .completed, hasReceipt: true)
    // 4999 is not a failure, however often it is said.
    case .pendingThenFinal:
      ExpectedEnding(
        shopper: "paid", status: .completed, flags: .receiptMissing, knownBy: [.query], deliveries: 0)
    // The first answer is believed and kept, and nobody asks again: what Safaricom would say then is noise. The late callback fills in the
    // receipt.
    case .noiseAfterFinal:
      ExpectedEnding(shopper: "paid", status: .completed, knownBy: [.query], hasReceipt: true)
    // A stranger's word only makes us ask; the end is that of a prompt which nobody touched.
    case .forged:
      ExpectedEnding(
        shopper: "nothing; a stranger lied", status: .failed, reason: .timeout, knownBy: [.callback, .query],
        deliveries: 2)
    }
  }
}
