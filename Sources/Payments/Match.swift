import Daraja

/// A person's word that a delivery which fitted nothing is about a certain transaction.
///
/// It correlates and proves nothing: it gives the transaction the CheckoutRequestID in the delivery, so that Safaricom can be asked about it.
/// What the delivery says of money stays a stranger's word.
public struct Match: Hashable, Sendable {
  /// The delivery that named the push.
  public var delivery: DeliveryID
  /// Safaricom's name for the push, as the delivery has it.
  public var checkoutRequestID: String
  /// Who says so.
  public var who: String
  /// Why.
  public var why: String

  /// A match with all its parts.
  public init(delivery: DeliveryID, checkoutRequestID: String, who: String, why: String) {
    self.delivery = delivery
    self.checkoutRequestID = checkoutRequestID
    self.who = who
    self.why = why
  }
}

/// Why a transaction cannot be the one that a callback is about.
public enum MatchObjection: String, Hashable, Sendable, CaseIterable {
  /// It is paid, and no answer could change that.
  case completed
  /// Safaricom gave its push a CheckoutRequestID.
  case named
  /// The answer to its push is still on its way, and will name it.
  case answerDue = "answer_due"
  /// Safaricom refused its push, so that nobody was prompted.
  case rejected
  /// The callback is about another phone.
  case otherPhone = "other_phone"
  /// The callback is about another amount.
  case otherAmount = "other_amount"
}

extension Transaction {
  /// Whether only a person's word gave this transaction its CheckoutRequestID. Safaricom's own word, in the push's late answer or in a
  /// callback to the transaction's own address, takes its place.
  public var isMatchedByPerson: Bool { push == .uncertain && checkoutRequestID != nil }

  /// What speaks against a match whatever the callback says; nil for nothing.
  public var objectionToMatch: MatchObjection? {
    if status == .completed { return .completed }
    if checkoutRequestID != nil { return .named }
    return switch push {
    case .requested: .answerDue
    case .rejected: .rejected
    case .accepted, .uncertain: nil
    }
  }

  /// What speaks against a match with this callback; nil for nothing.
  public func objection(to clues: MatchClues) -> MatchObjection? {
    if let objection = objectionToMatch { return objection }
    if !clues.phones.allSatisfy({ $0 == phone }) { return .otherPhone }
    if let told = clues.amount, told != amount { return .otherAmount }
    return nil
  }
}
