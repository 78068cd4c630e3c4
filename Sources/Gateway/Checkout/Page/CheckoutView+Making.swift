import Daraja
import Payments

/// What went wrong with what a shopper sent, and what there is to say besides.
struct CheckoutRemark: Sendable {
  /// What was typed as the phone number.
  var typed = ""
  /// Stands beside the field and in the summary.
  var phoneProblem: String?
  /// Stands in the summary.
  var problem: String?
  /// Is no problem.
  var notice: String?
}

extension CheckoutView {
  /// What a page shows.
  /// - Parameter links: where its forms and links lead.
  init(
    _ order: Order, _ standing: CheckoutStanding, _ settings: CheckoutSettings, in language: CheckoutLanguage,
    links: CheckoutLinks, remark: CheckoutRemark = CheckoutRemark(), at now: Microseconds
  ) {
    let texts = language.texts
    let said = texts.states(standing.state)
    state = standing.state.rawValue
    version = "\(language.rawValue)/\(standing.version)"
    isFinal = standing.state.isFinal
    title = said.title
    heading =
      settings.merchantName.map {
        standing.state == .ready ? texts.payMerchant.filled($0) : "\(said.title) · \($0)"
      } ?? said.title
    sentence = said.sentence
    amount = ShopperText.amount(order.amount)
    merchant = settings.merchantName
    purpose = order.description.isEmpty ? order.reference : order.description
    problem = remark.problem ?? remark.phoneProblem
    // What came of a question is of no interest once there is an answer.
    notice = (standing.canBeAsked ? remark.notice : nil) ?? (standing.hasOlderDoubt ? texts.olderDoubt : nil)
    self.texts = Labels(texts)
    let state = standing.state
    isPaid = state == .paid
    isReady = state == .ready
    isTrouble = state.isFailure
    isWaiting = state == .sending || state == .prompted || state == .checking
    isQuestion = state == .stillChecking || state == .review || state == .expired
    if state == .ready, standing.retry == .never { sentence = texts.cannotPrompt }
    if let transaction = standing.transaction {
      if isWaiting || state == .stillChecking { phone = ShopperText.masked(transaction.phone) }
      if state == .sending || state == .prompted { hint = texts.unlockHint }
      if state == .prompted { countdown = Countdown(until: transaction.createdAt + CheckoutStanding.countdown, now) }
      if state == .paid { facts = Self.receipt(transaction, order, texts) }
    }
    offer(standing, order, texts, links, remark, now)
    if let receiver = settings.receiver, Self.needsManual(standing, now) {
      manual = Self.manual(receiver, order, texts)
      hasManual = true
    }
    if isPaid { success = order.checkout.successURL.map { Leaving(url: $0, pattern: texts.leavingIn) } }
    if !isPaid {
      // Leaving the page stops no prompt, so that only a page without one speaks of cancelling.
      let stops = isReady || isTrouble
      cancel = order.checkout.cancelURL.map { Leaving(url: $0, pattern: stops ? texts.cancel : texts.toShop) }
    }
  }

  /// The one action, and the lesser ones.
  private mutating func offer(
    _ standing: CheckoutStanding, _ order: Order, _ texts: CheckoutTexts, _ links: CheckoutLinks,
    _ remark: CheckoutRemark, _ now: Microseconds
  ) {
    if standing.canBeAsked { check = Button(action: links.check, label: texts.checkNow, isMain: true) }
    switch standing.retry {
    case .now:
      if let phone = standing.transaction?.phone {
        // The number stays in one piece where the button takes two lines.
        let masked = ShopperText.masked(phone).replacing(" ", with: "\u{A0}")
        again = Button(action: links.page, label: texts.tryAgainOn.filled(masked), isMain: check == nil)
      }
      form = Form(
        action: links.page, phone: remark.typed, wrong: remark.phoneProblem,
        button: again == nil ? texts.pay.filled(ShopperText.amount(order.amount)) : texts.tryAgain,
        isSecond: again != nil)
    case .after(let until):
      let seconds = ShopperText.seconds(until: until, from: now)
      wait = Wait(
        seconds: seconds, text: texts.tryAgainIn.filled(ShopperText.minutes(seconds)), pattern: texts.tryAgainIn)
    case .never: break
    }
  }

  private static func receipt(_ transaction: Transaction, _ order: Order, _ texts: CheckoutTexts) -> [Fact] {
    [
      Fact(
        label: texts.receiptLabel, value: transaction.receipt?.text ?? texts.receiptFollows,
        copied: transaction.receipt?.text),
      Fact(
        label: texts.amountLabel, value: ShopperText.amount(transaction.receivedAmount ?? transaction.amount),
        copied: nil
      ),
      Fact(
        label: texts.timeLabel,
        value: ShopperText.time(transaction.settledAt ?? transaction.createdAt, months: texts.months), copied: nil),
      Fact(label: texts.orderLabel, value: order.reference, copied: nil),
    ].filter { !$0.value.isEmpty }
  }

  /// Two minutes without an answer, or no prompt can be sent at all.
  private static func needsManual(_ standing: CheckoutStanding, _ now: Microseconds) -> Bool {
    standing.state == .stillChecking || (standing.state == .ready && standing.retry == .never)
  }

  private static func manual(
    _ receiver: CheckoutSettings.Receiver, _ order: Order, _ texts: CheckoutTexts
  ) -> [Fact] {
    var facts = [
      Fact(label: receiver.isTill ? texts.till : texts.payBill, value: receiver.number, copied: receiver.number)
    ]
    if !receiver.isTill, !order.reference.isEmpty {
      facts.append(Fact(label: texts.account, value: order.reference, copied: order.reference))
    }
    let plain = order.amount.wholeShillings.map { "\($0)" } ?? order.amount.description
    return facts + [Fact(label: texts.amountLabel, value: ShopperText.amount(order.amount), copied: plain)]
  }
}

extension CheckoutView.Countdown {
  init(until end: Microseconds, _ now: Microseconds) {
    total = CheckoutStanding.countdown / 1_000_000
    left = ShopperText.seconds(until: end, from: now)
    clock = ShopperText.minutes(left)
    gone = 100 - left * 100 / total
  }
}
