import Daraja
import Payments

/// Where an order stands for its shopper: a pure function of the ledger and the clock.
///
/// Whoever looks sees the same truth, in whichever tab and on whichever phone. Nothing is called failed that Safaricom did not call so.
struct CheckoutStanding: Hashable, Sendable {
  /// When a new prompt may be sent.
  enum Retry: Hashable, Sendable {
    case now
    case after(Microseconds)
    case never
  }

  /// How long the countdown runs. It ends nothing: the longest success seen came 68 s after the push.
  static let countdown: Microseconds = 90_000_000

  let state: CheckoutState
  /// The transaction that the state tells of: the payer, or the newest that matters; nil where there is none.
  let transaction: Transaction?
  let retry: Retry
  /// Whether an older prompt's end is not known while the newest one's is.
  let hasOlderDoubt: Bool
  /// When the state changes by the passing of time alone; nil for never.
  let nextChange: Microseconds?

  /// - Parameters:
  ///   - order: what is to be paid.
  ///   - ofOrder: its transactions, newest first.
  ///   - ofPhone: the newest transactions to the phone of the first of them.
  ///   - clock: the time, and how far it can be believed.
  init(_ order: Order, ofOrder: [Transaction], ofPhone: [Transaction], rules: AdmissionRules, at clock: ClockReading) {
    let now = clock.now
    let isExpired = order.checkout.expiresAt.map { now >= $0 } ?? false
    let retry = isExpired ? .never : Self.retry(rules.admit(order, ofOrder: ofOrder, ofPhone: ofPhone, at: clock))
    let pending = ofOrder.first { $0.status == .pending }
    var ends = [order.checkout.expiresAt]
    var told: Transaction?
    var state: CheckoutState
    if let payer = order.paidBy {
      (state, told) = (.paid, ofOrder.first { $0.id == payer })
    } else if let doubtful = ofOrder.first(where: { $0.status == .review }) {
      (state, told) = (.review, doubtful)
    } else if let live = ofOrder.first(where: { rules.isLive($0, at: clock) }) {
      (state, told) = (Self.live(live, at: clock), live)
      ends += [Self.countdown, rules.promptLifetime].map { clock.end(of: $0, since: live.createdAt) }
    } else if let pending, pending.id == ofOrder.first?.id || isExpired {
      (state, told) = (.stillChecking, pending)
    } else if isExpired {
      (state, told) = (.expired, ofOrder.first)
    } else if let newest = ofOrder.first {
      (state, told) = (Self.failure(newest.reason), newest)
    } else {
      state = .ready
    }
    if case .after(let until) = retry { ends.append(until) }
    self.state = state
    transaction = told
    self.retry = state == .ready || state == .stillChecking || state.isFailure ? retry : .never
    hasOlderDoubt = state.isFailure && pending != nil
    nextChange = state.isFinal ? nil : ends.compactMap { $0 }.filter { $0 > now }.min()
  }

  /// Whether a form that sends a prompt belongs on the page.
  var takesPhone: Bool { retry == .now }

  /// Whether Safaricom can be asked how the payment stands.
  var canBeAsked: Bool {
    transaction.map { $0.isOpen && $0.checkoutRequestID != nil } == true
      && [.prompted, .checking, .stillChecking, .review].contains(state)
  }

  /// Says in few characters what a page shows, so that whoever has it knows whether there is another one.
  var version: String {
    var parts = [state.rawValue, transaction.map { "\($0.id)" } ?? "0"]
    switch retry {
    case .now: parts.append("now")
    case .after(let until): parts.append("\(until)")
    case .never: parts.append("never")
    }
    if hasOlderDoubt { parts.append("doubt") }
    if let receipt = transaction?.receipt { parts.append(receipt.text) }
    return parts.joined(separator: "/")
  }

  private static func live(_ transaction: Transaction, at clock: ClockReading) -> CheckoutState {
    switch transaction.push {
    case .requested: .sending
    case .accepted: clock.elapsed(since: transaction.createdAt) < countdown ? .prompted : .checking
    case .uncertain, .rejected: .checking
    }
  }

  private static func failure(_ reason: Reason?) -> CheckoutState {
    switch reason {
    case .cancelled: .cancelled
    case .timeout, .promptFailed: .unreachable
    case .insufficientFunds: .insufficientFunds
    case .wrongPIN: .wrongPIN
    case .pinLocked: .pinLocked
    case .limit: .limit
    default: .failedOtherwise
    }
  }

  private static func retry(_ admission: Admission) -> Retry {
    switch admission {
    case .admit: .now
    case .phoneBusy(let until), .coolingDown(let until): .after(until)
    case .alreadyOpen, .orderPaid, .orderInReview, .amountNotPromptable: .never
    }
  }
}
