import Daraja
import Payments
import Store

/// What really became of one story: from the API, as the shop sees it, and from the store, as it is on the disk.
struct Ending: Sendable {
  var orderID: Int64
  var transactionID: Int64
  var prompt: PromptAnswer
  /// By the API.
  var told: PaymentView
  /// By the API.
  var orderStatus: String

  // By the store.
  var status: PaymentStatus
  var reason: Reason?
  var flags: PaymentFlags
  var receipt: String?
  var checkoutRequestID: String?
  var paysOrder: Bool
  var knownBy: KnownBy
  /// Deliveries that were weighed as evidence about it.
  var deliveries: Int
  /// How often money was credited.
  var credits: Int
  /// From the push to the settlement; nil while it is open.
  var seconds: Double?
  /// The timeline, one line an event, for when something is wrong.
  var timeline: [String]
}

extension Ending {
  /// Takes in what the store holds.
  init(
    prompt: PromptAnswer, told: PaymentView, orderStatus: String, transaction: Transaction, order: Order,
    timeline: [StoredEvent]
  ) {
    let steps = timeline.map { Step(source: $0.event.source, status: $0.status, reason: $0.reason) }
    self.init(
      orderID: order.id.number, transactionID: transaction.id.number, prompt: prompt, told: told,
      orderStatus: orderStatus, status: transaction.status, reason: transaction.reason, flags: transaction.flags,
      receipt: transaction.receipt?.text, checkoutRequestID: transaction.checkoutRequestID,
      paysOrder: order.paidBy == transaction.id, knownBy: Step.knownBy(steps),
      deliveries: Set(timeline.compactMap(\.delivery)).count,
      credits: timeline.count { [.completed, .lateSuccess].contains($0.event.kind) },
      seconds: transaction.settledAt.map { Double($0 - transaction.createdAt) / 1_000_000 },
      timeline: timeline.map { entry in
        let after = Double(entry.event.at - transaction.createdAt) / 1_000_000
        return "\(Figures.seconds(after))  \(entry.event.kind.rawValue) (\(entry.event.source.rawValue)): "
          + entry.event.detail
      })
  }

  /// One line of a timeline, as far as it tells how we knew.
  struct Step: Sendable {
    var source: TimelineEvent.Source
    var status: PaymentStatus
    var reason: Reason?

    /// Who brought the last change of the status.
    static func knownBy(_ steps: [Step]) -> KnownBy {
      var known = KnownBy.none
      var (status, reason) = (PaymentStatus.pending, Reason?.none)
      for step in steps where step.status != status || step.reason != reason {
        (status, reason) = (step.status, step.reason)
        switch step.source {
        case .callback: known = .callback
        case .query: known = .query
        // Neither the end of the schedule nor our own push tells what the shopper did.
        case .push, .schedule, .ruling: known = .none
        }
      }
      return known
    }
  }
}
