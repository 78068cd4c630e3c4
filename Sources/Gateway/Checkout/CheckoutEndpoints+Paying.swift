import Daraja
import HTTPTypes
import Hummingbird
import NIOCore
import Payments
import Reconciliation
import Web

/// What a shopper sends. Each answer that did something leads back to the page, so that reloading sends nothing again.
extension CheckoutEndpoints {
  /// `POST /checkout/{token}`: prompts a phone.
  func pay(_ visit: CheckoutVisit) async throws -> Response {
    let form: FormFields
    do {
      form = try await FormFields.read(visit.request, limit: parts.bodyLimit)
    } catch let error as APIError {
      let texts = visit.language.texts
      return try await page(
        visit, CheckoutRemark(problem: texts.phoneProblem), status: HTTPResponse.Status(code: error.code.status))
    }
    let ledger = CheckoutLedger(store: parts.store, clock: parts.timing.reading)
    guard let (order, standing) = try await ledger.standing(of: visit.order, rules: visit.settings.rules) else {
      return try unknown(visit.language, visit.links)
    }
    // The page says why, and the guard in the store has the last word on what is sent.
    guard standing.takesPhone else { return back(visit) }
    let phone: MSISDN
    if form["again"] != nil, let last = standing.transaction?.phone {
      phone = last
    } else {
      do {
        phone = try MSISDN(form["phone"] ?? "")
      } catch {
        return try await page(visit, remark(form, visit.language.texts.phoneProblem), status: .unprocessableContent)
      }
    }
    do {
      try parts.limits.takePush(by: visit.caller, from: visit.context.client, to: phone, at: parts.timing.uptime())
    } catch {
      return try await page(
        visit, CheckoutRemark(typed: form["phone"] ?? "", problem: visit.language.texts.tooOften),
        status: .tooManyRequests)
    }
    return try await answer(
      try await parts.prompting.prompt(order: order.id, phone: phone, by: order.createdBy), form, visit)
  }

  /// What came of a prompt. All that the ledger knows, the page tells by itself.
  private func answer(_ result: PromptResult, _ form: FormFields, _ visit: CheckoutVisit) async throws -> Response {
    let texts = visit.language.texts
    switch result {
    case .sent, .alreadyOpen, .uncertain, .noSuchOrder: return back(visit)
    case .rejected(_, let failure):
      let refusal = PushRefusal.error(for: failure, logger: visit.context.logger)
      guard refusal.field == "phone_number" else { return back(visit) }
      return try await page(visit, remark(form, texts.phoneProblem), status: .unprocessableContent)
    case .busy:
      return try await page(
        visit, CheckoutRemark(typed: form["phone"] ?? "", problem: texts.busy), status: .serviceUnavailable)
    case .refused(let admission): return try await refused(admission, form, visit)
    case .notConfigured(let missing):
      visit.context.logger.warning(
        "A shopper wanted to pay, but no prompt can be sent", metadata: ["missing": "\(missing)"])
      return try await page(visit, CheckoutRemark(problem: texts.cannotPrompt), status: .serviceUnavailable)
    }
  }

  private func refused(_ admission: Admission, _ form: FormFields, _ visit: CheckoutVisit) async throws -> Response {
    switch admission {
    // Nothing of this order says so: the phone has a prompt of another one.
    case .phoneBusy(let until), .coolingDown(let until):
      let seconds = ShopperText.seconds(until: until, from: parts.timing.now())
      let wait = visit.language.texts.tryAgainIn.filled(ShopperText.minutes(seconds))
      return try await page(visit, remark(form, wait), status: .tooManyRequests)
    case .amountNotPromptable:
      return try await page(visit, CheckoutRemark(problem: visit.language.texts.cannotPrompt), status: .conflict)
    case .admit, .alreadyOpen, .orderPaid, .orderInReview: return back(visit)
    }
  }

  /// `POST /checkout/{token}/check`: asks Safaricom how the payment stands, within the budget.
  func check(_ visit: CheckoutVisit) async throws -> Response {
    let ledger = CheckoutLedger(store: parts.store, clock: parts.timing.reading)
    guard let (_, standing) = try await ledger.standing(of: visit.order, rules: visit.settings.rules) else {
      return try unknown(visit.language, visit.links)
    }
    guard standing.canBeAsked, let transaction = standing.transaction else { return back(visit) }
    do {
      try parts.limits.takeQuestion(by: visit.caller, from: visit.context.client, at: parts.timing.uptime())
    } catch {
      return back(visit, saying: .askedJustNow)
    }
    switch await parts.asking.ask(transaction.id, for: visit.caller.user) {
    case .asked: return back(visit, saying: .askedStill)
    case .notNeeded: return back(visit)
    case .later: return back(visit, saying: .askedJustNow)
    case .failed, .notConfigured: return back(visit, saying: .unavailable)
    }
  }

  private func remark(_ form: FormFields, _ problem: String) -> CheckoutRemark {
    CheckoutRemark(typed: form["phone"] ?? "", phoneProblem: problem)
  }

  /// 303, so that the browser gets the page anew.
  func back(_ visit: CheckoutVisit, saying notice: CheckoutNotice? = nil) -> Response {
    var headers = PageHeaders.page
    headers[.contentType] = nil
    headers[.location] = notice.map { visit.links.page(saying: $0) } ?? visit.links.page
    return Response(status: .seeOther, headers: headers)
  }
}
