import Daraja
import Payments
import Store

/// What the page of one delivery shows.
struct DeliveryView: Sendable {
  struct Suggestion: Sendable {
    var number: String
    var href: String
    var at: ShownTime
    var amount: String
    var phone: String
    var status: String
    var because: String
    /// Whether it is the likeliest, and therefore chosen beforehand.
    var isFirst: Bool
  }

  var number: String
  var state: String
  var facts: [ShownFact]
  /// What the bytes say, as far as they can be read.
  var says: [ShownFact]
  /// Why they cannot be read; nil where they can.
  var unreadable: String?
  /// The bytes themselves, where the operator asked for them.
  var bytes: ByteDump?
  var isReplayable: Bool
  var isDiscardable: Bool
  var isMatchable: Bool
  var suggestions: [Suggestion]
  var hasSuggestions: Bool
  var maximumReason: Int
  var reason: String
  var problem: String?

  init(
    _ delivery: Delivery, suggestions: [SuggestMatches.Suggestion], bytes: ByteDump? = nil, problem: String? = nil,
    reason: String = ""
  ) {
    number = "\(delivery.id)"
    state = delivery.state.rawValue
    facts = Self.facts(delivery)
    (says, unreadable) = delivery.isPurged ? ([], "its bytes were removed.") : Self.reading(delivery.body)
    self.bytes = bytes
    isDiscardable = delivery.state == .unmatched || delivery.state == .quarantined
    isReplayable = isDiscardable && !delivery.isPurged
    isMatchable = (try? delivery.matchable()) != nil
    self.suggestions = suggestions.enumerated().map { Suggestion($0.element, isFirst: $0.offset == 0) }
    hasSuggestions = !suggestions.isEmpty
    maximumReason = OperatorReason.maximumLength
    self.reason = reason
    self.problem = problem
  }

  private static func facts(_ delivery: Delivery) -> [ShownFact] {
    var facts = [
      ShownFact("Came", ShownTime(delivery.receivedAt)), ShownFact("From", delivery.source),
      delivery.token.map { address(delivery, $0.id) }
        ?? ShownFact("To", "the bare address: not believed until Safaricom confirms"),
    ]
    if let id = delivery.transaction {
      facts.append(ShownFact("Weighed for", "payment \(id)", href: "/console/transactions/\(id)"))
    }
    if let note = delivery.note { facts.append(ShownFact("Note", note)) }
    facts.append(ShownFact("Attempts", "\(delivery.attempts)"))
    facts.append(ShownFact("Length", "\(delivery.body.count) bytes"))
    return facts
  }

  /// Whose own address it came to. Where that payment is not here, another one may have its number now: it is not led to.
  private static func address(_ delivery: Delivery, _ id: TransactionID) -> ShownFact {
    delivery.state == .unmatched
      ? ShownFact("To", "the own address of a payment \(id) that is not here")
      : ShownFact("To", "payment \(id)'s own address", href: "/console/transactions/\(id)")
  }

  /// The parts that matter, with phones masked.
  private static func reading(_ body: [UInt8]) -> ([ShownFact], unreadable: String?) {
    let message: CallbackMessage
    do {
      message = try CallbackMessage.parse(body)
    } catch {
      return ([], PlainText.line(error.reason))
    }
    guard case .stk(let callback) = message else {
      return ([ShownFact("Kind", "C2B confirmation, which belongs to another address")], nil)
    }
    let clues = MatchClues(callback)
    let mask = PhoneMask(showing: false, phone: clues.phones.first)
    var says = [ShownFact("Result", mask("\(callback.resultCode.text) \(callback.resultDescription ?? "")"))]
    func add(_ name: String, _ value: String?) { if let value { says.append(ShownFact(name, mask(value))) } }
    add("Amount", callback.amount.map { ShownMoney.text($0) })
    add("Receipt", callback.receipt?.text)
    add("Phone", callback.phone)
    add("CheckoutRequestID", callback.checkoutRequestID)
    if let at = clues.pushedAt { says.append(ShownFact("Pushed, by its name", ShownTime(at))) }
    if !callback.conflicts.isEmpty { add("Says two things of", callback.conflicts.joined(separator: ", ")) }
    return (says, nil)
  }
}

extension DeliveryView.Suggestion {
  init(_ suggestion: SuggestMatches.Suggestion, isFirst: Bool) {
    let record = suggestion.transaction
    self.init(
      number: "\(record.transactionID)", href: "/console/transactions/\(record.transactionID)",
      at: ShownTime(record.createdAt), amount: ShownMoney.text(record.amount), phone: record.phone,
      status: record.status.rawValue, because: suggestion.because, isFirst: isFirst)
  }
}
