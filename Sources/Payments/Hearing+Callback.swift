import Daraja

/// What is delivered to the callback addresses.
extension Hearing {
  /// A settled transaction is asked about again on a stranger's word at most this often, so that forged callbacks cannot eat the budget.
  static let settledQuestionGap: Microseconds = 3_600_000_000
  /// A pending one at most this often, for the same reason.
  static let pendingQuestionGap: Microseconds = 10_000_000

  /// A callback that came to this transaction's own address.
  func hear(_ callback: STKCallback) -> Decision {
    let code = callback.resultCode
    if let known = transaction.checkoutRequestID, let named = callback.checkoutRequestID, known != named,
      !isRenamable
    {
      return askAgain(.contradicted, code, "The callback names another CheckoutRequestID than the push was given.")
    }
    if transaction.checkoutRequestID == nil || isRenamable, let objection = objectionToName(in: callback) {
      return contradictory(callback, objection)
    }
    var known = transaction
    known.checkoutRequestID =
      (isRenamable ? callback.checkoutRequestID : nil) ?? transaction.checkoutRequestID ?? callback.checkoutRequestID
    known.merchantRequestID = transaction.merchantRequestID ?? callback.merchantRequestID
    if known.push == .uncertain || known.push == .requested, known.checkoutRequestID != nil { known.push = .accepted }
    return from(known).weigh(callback)
  }

  /// What speaks against taking a callback's word for what the push is called, where Safaricom has not said it yet: then the address is all that
  /// ties the callback to this transaction. A phone that is masked or missing says nothing.
  private func objectionToName(in callback: STKCallback) -> String? {
    let claim =
      callback.receipt.map { " It claims receipt \($0)" + (callback.amount.map { " over \($0)." } ?? ".") } ?? ""
    if let phone = callback.phone.flatMap({ try? MSISDN($0) }), phone != transaction.phone {
      return
        "The callback is about the phone \(phone.masked), and the prompt went to \(transaction.phone.masked): neither its "
        + "CheckoutRequestID nor a receipt is taken from it.\(claim)"
    }
    if let named = callback.checkoutRequestID, named != transaction.checkoutRequestID,
      let holder = circumstances.checkoutHeldBy
    {
      return
        "The callback names the CheckoutRequestID of transaction \(holder): neither it nor a receipt is taken from it.\(claim)"
    }
    return nil
  }

  private func weigh(_ callback: STKCallback) -> Decision {
    let code = callback.resultCode
    guard callback.conflicts.isEmpty else {
      return contradictory(
        callback, "The callback gives two values for \(callback.conflicts.joined(separator: ", ")).")
    }
    if let reason = code.meaning.refusal {
      return hearRefusal(reason, code: code, description: callback.resultDescription, from: .callback)
    }
    guard code.meaning == .paid else {
      var doubtful = transaction
      if transaction.status == .pending, code.meaning == .ambiguous { doubtful.ambiguousAt = now }
      return from(doubtful).askAgain(.noInformation, code, "Result code \(code) does not say whether money moved.")
    }
    guard let receipt = callback.receipt, let amount = callback.amount else {
      return askAgain(.noInformation, code, "A success without its receipt or amount is not believed unasked.")
    }
    return hear(
      Success(
        source: .callback, code: code, description: callback.resultDescription, money: (receipt, amount)))
  }

  /// A callback that contradicts itself, or what is known: a person decides. Nothing of it is taken but its result.
  private func contradictory(_ callback: STKCallback, _ detail: String) -> Decision {
    guard isOpen || transaction.status == .failed else {
      return note(.ignored, .callback, code: callback.resultCode, detail)
    }
    var after = transaction
    after.status = .review
    after.reason = .contradictory
    after.resultCode = callback.resultCode
    after.resultDescription = callback.resultDescription
    after.settledAt = now
    after.nextQueryAt = nil
    return Decision(
      after, event(.review, .callback, code: callback.resultCode, detail), notify: .review)
  }

  /// A callback that anybody could have posted: Safaricom is asked, and only its answer settles.
  func hear(untrusted callback: STKCallback) -> Decision {
    askAgain(
      .untrusted, callback.resultCode, "It came to the bare address, which proves nothing; Safaricom is asked instead.")
  }

  /// When Safaricom was last asked. A time that lies ahead is from a wrong clock, and must not keep a question back.
  private var lastQuestion: Microseconds? { transaction.lastQueryAt.flatMap { $0 <= now ? $0 : nil } }

  /// Brings the next question forward, as far as an answer could still change something.
  private func askAgain(_ kind: TimelineEvent.Kind, _ code: ResultCode, _ detail: String) -> Decision {
    var after = transaction
    switch transaction.status {
    case .pending:
      let earliest = max(now, (lastQuestion ?? .min / 2) + Self.pendingQuestionGap)
      after.nextQueryAt = min(transaction.nextQueryAt ?? earliest, earliest)
    case .failed, .review:
      let answerCounts = transaction.status == .failed || isOpen
      let rested = (lastQuestion ?? .min / 2) + Self.settledQuestionGap <= now
      if answerCounts, rested, transaction.checkoutRequestID != nil {
        after.nextQueryAt = min(transaction.nextQueryAt ?? now, now)
      }
    case .completed:
      break
    }
    return Decision(after, event(kind, .callback, code: code, detail))
  }
}
