import Payments

/// What the page of one payment shows.
struct TransactionView: Sendable {
  /// One thing that happened.
  struct Step: Sendable {
    var at: ShownTime
    var what: String
    /// How it is known; nil where that is the delivery or the webhook alone.
    var knownBy: String?
    var status: String?
    var statusText: String?
    var resultCode: String?
    var delivery: String?
    var webhook: String?
    /// Whether it is a delivery itself, so that its bytes can be looked at.
    var hasBytes: Bool
  }

  var number: String
  var amount: String
  var status: String
  /// Where it stands and what comes next, in words.
  var standing: String
  var facts: [ShownFact]
  var phone: String
  /// Whether the phone is shown in full, this once.
  var isPhoneShown: Bool
  var payerHref: String
  /// What the shop's system was told of it.
  var webhooksHref: String
  var story: [Step]
  var mayAsk: Bool
  var mayRule: Bool
  /// Whether a refusal may be ruled: not where it stands already.
  var mayFail: Bool
  var maximumReason: Int
  /// The reason that was typed, after a problem.
  var reason: String
  /// Why something was not done.
  var problem: String?

  init(_ answer: ExplainTransaction.Answer, isPhoneShown: Bool, problem: String? = nil, reason: String = "") {
    let record = answer.transaction
    number = String(record.transactionID)
    amount = ShownMoney.text(record.amount)
    status = record.status.rawValue
    standing =
      record.status == .review
      ? "The evidence does not settle it: a person rules, below." : ShownTime.sentence(PlainText.line(answer.standing))
    facts = Self.facts(record, answer.order)
    phone = record.phone
    self.isPhoneShown = isPhoneShown
    payerHref = "/console" + TransactionListQuery(payer: record.transactionID).path
    webhooksHref = "/console" + WebhookListQuery(payment: "\(record.transactionID)").path
    story = answer.story.map { Step($0) }
    mayAsk = record.status != .completed && record.checkoutRequestID != nil
    mayRule = record.status != .completed
    mayFail = record.status != .failed
    maximumReason = OperatorReason.maximumLength
    self.reason = reason
    self.problem = problem
  }

  private static func facts(_ record: TransactionRecord, _ order: OrderRecord) -> [ShownFact] {
    var facts = [
      ShownFact(
        "Order", "\(order.orderID), reference \(order.reference)",
        href: "/console" + TransactionListQuery(order: order.orderID).path)
    ]
    func add(_ name: String, _ value: String?) {
      if let value, !value.isEmpty { facts.append(ShownFact(name, value)) }
    }
    func add(_ name: String, _ moment: Moment?) {
      if let moment { facts.append(ShownFact(name, ShownTime(moment))) }
    }
    add("For", order.description)
    add("Reason", record.reason?.replacing("_", with: " "))
    add("Flags", record.flags.joined(separator: ", ").replacing("_", with: " "))
    add("Receipt", record.receipt)
    add("Received", record.receivedAmount.map { ShownMoney.text($0) })
    add("Push", record.push)
    add("CheckoutRequestID", record.checkoutRequestID)
    add("MerchantRequestID", record.merchantRequestID)
    add("Result", record.resultCode.map { "\($0) \(record.resultDescription ?? "")" })
    add("Begun by", record.createdBy)
    add("Begun", record.createdAt)
    add("Settled", record.settledAt)
    add("Asked last", record.lastQueryAt)
    add("Asked next", record.nextQueryAt)
    add("Questions", record.queries == 0 ? nil : String(record.queries))
    return facts
  }
}

extension TransactionView.Step {
  init(_ line: StoryLine) {
    let isDelivery = line.deliveryID.map { line.knownBy == "delivery \($0)" } ?? false
    self.init(
      at: ShownTime(line.at), what: ShownTime.sentence(PlainText.line(line.what)),
      knownBy: isDelivery || line.webhook != nil ? nil : PlainText.line(line.knownBy),
      status: line.status.map { String($0.prefix { $0 != ":" }) },
      statusText: line.status.map { $0.replacing("_", with: " ") },
      resultCode: line.resultCode.map { PlainText.line($0) },
      delivery: line.deliveryID.map { String($0) }, webhook: line.webhook.map { String($0) }, hasBytes: line.body != nil
    )
  }
}
