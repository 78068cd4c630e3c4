import Daraja
import HTTPTypes
import Hummingbird
import Payments
import Reconciliation
import Store

/// The shopper's pages: `/checkout/{token}` and what belongs to it. Whoever has the token may see the order and pay it.
struct CheckoutEndpoints: Sendable {
  /// What the pages are made with.
  struct Parts: Sendable {
    var store: any PaymentStore & BrowsingStore
    var prompting: any Prompting
    var asking: any Asking
    var addresses: CheckoutAddresses
    var limits: RequestLimits
    var feed: TransactionFeed
    var places: StreamPlaces
    var heartbeat: Duration
    var lifetime: Duration
    var timing: Timing
    var bodyLimit: Int
  }

  let parts: Parts
  private let prepared = Result { try CheckoutFiles() }

  /// The templates and files of the pages.
  /// - Throws: what is wrong with them.
  var files: CheckoutFiles { get throws { try prepared.get() } }

  init(parts: Parts) { self.parts = parts }

  /// All of them.
  var all: [Endpoint] {
    let page = CheckoutAddresses.path + "/:token"
    return [
      Endpoint(.get, page, needsUser: false) { request, context in
        try await answer(request, context) { try await show($0) }
      },
      Endpoint(.post, page, needsUser: false) { request, context in
        try await answer(request, context) { try await pay($0) }
      },
      Endpoint(.post, page + "/check", needsUser: false) { request, context in
        try await answer(request, context, depth: 1) { try await check($0) }
      },
      Endpoint(.get, page + "/state", needsUser: false) { request, context in
        try await answer(request, context, depth: 1) { try await state($0) }
      },
      Endpoint(.get, page + "/events", needsUser: false) { request, context in
        try await answer(request, context, depth: 1) { try await events($0) }
      },
      Endpoint(.get, CheckoutAddresses.path + "/assets/:hash/:name", needsUser: false) { request, _ in
        guard let file = CheckoutFiles.asset(request.uri.path) else { throw APIError(.notFound) }
        return file
      },
    ]
  }

  /// Finds the order of a request's token, and answers as a page whatever goes wrong.
  private func answer(
    _ request: Request, _ context: APIContext, depth: Int = 0,
    _ action: (CheckoutVisit) async throws -> Response
  ) async throws -> Response {
    let language = CheckoutLanguage(request)
    let token = context.parameters.get("token") ?? ""
    let links = CheckoutLinks(request, token: token, depth: depth, language: language)
    guard let order = parts.addresses.tokens.proven(by: token) else { return try unknown(language, links) }
    let visit = CheckoutVisit(
      request: request, context: context, order: order, settings: parts.addresses.settings, language: language,
      links: links)
    do {
      return try await action(visit)
    } catch let error as StoreError {
      context.logger.error(
        "A checkout page could not be made", metadata: ["order": "\(order.id)", "error": "\(error)"])
      return try unavailable(language, links)
    }
  }

  /// The page of an order as it stands.
  func show(_ visit: CheckoutVisit) async throws -> Response {
    // One spelling of the address, which all links are relative to.
    guard !visit.request.uri.path.hasSuffix("/") else { return back(visit) }
    let notice = visit.request.uri.queryParameters["said"].flatMap { CheckoutNotice(rawValue: String($0)) }
    return try await page(visit, CheckoutRemark(notice: notice?.text(in: visit.language)))
  }

  /// The same with a remark.
  func page(
    _ visit: CheckoutVisit, _ remark: CheckoutRemark, status: HTTPResponse.Status = .ok
  ) async throws -> Response {
    guard let (view, standing) = try await view(visit, remark) else { return try unknown(visit.language, visit.links) }
    let texts = visit.language.texts
    return try files.page(
      CheckoutPage(
        language: visit.language.rawValue, title: view.heading,
        style: visit.links.asset(CheckoutFiles.style.path), script: visit.links.asset(CheckoutFiles.script.path),
        icon: visit.links.asset(CheckoutFiles.icon.path),
        events: visit.links.events, poll: visit.links.state,
        refresh: standing.state.isAwaited || view.wait != nil ? CheckoutPage.refreshSeconds : nil,
        connectionLost: texts.connectionLost, secured: texts.secured, other: visit.links.other(than: visit.language),
        main: view),
      status: status)
  }

  /// What the page shows now; nil when the order is gone.
  func view(
    _ visit: CheckoutVisit, _ remark: CheckoutRemark = CheckoutRemark()
  ) async throws -> (CheckoutView, CheckoutStanding)? {
    let ledger = CheckoutLedger(store: parts.store, clock: parts.timing.reading)
    guard let (order, standing) = try await ledger.standing(of: visit.order, rules: visit.settings.rules) else {
      return nil
    }
    let view = CheckoutView(
      order, standing, visit.settings, in: visit.language, links: visit.links, remark: remark, at: parts.timing.now())
    return (view, standing)
  }

  /// What can be said where a token proves nothing. An order that was forged and one that is gone look the same.
  func unknown(_ language: CheckoutLanguage, _ links: CheckoutLinks) throws -> Response {
    let texts = language.texts
    return try message(
      .notFound, language, links,
      CheckoutPage.Message(title: texts.unknownTitle, sentence: texts.unknownSentence, reload: nil, link: links.page))
  }

  private func unavailable(_ language: CheckoutLanguage, _ links: CheckoutLinks) throws -> Response {
    let texts = language.texts
    return try message(
      .serviceUnavailable, language, links,
      CheckoutPage.Message(
        title: texts.brokenTitle, sentence: texts.unavailable, reload: texts.reload, link: links.page))
  }

  private func message(
    _ status: HTTPResponse.Status, _ language: CheckoutLanguage, _ links: CheckoutLinks, _ message: CheckoutPage.Message
  ) throws -> Response {
    let isPassing = message.reload != nil
    return try files.page(
      CheckoutPage(
        language: language.rawValue, title: message.title, style: links.asset(CheckoutFiles.style.path),
        script: links.asset(CheckoutFiles.script.path), icon: links.asset(CheckoutFiles.icon.path),
        refresh: isPassing ? CheckoutPage.refreshSeconds : nil,
        connectionLost: language.texts.connectionLost, secured: language.texts.secured,
        other: links.other(than: language), message: message),
      status: status, headers: isPassing ? [.retryAfter: "\(CheckoutPage.refreshSeconds)"] : [:])
  }
}

/// One request for an order's pages.
struct CheckoutVisit: Sendable {
  var request: Request
  var context: APIContext
  /// What the address proves. Whether there is such an order is looked at by each action.
  var order: ProvenOrder
  var settings: CheckoutSettings
  var language: CheckoutLanguage
  var links: CheckoutLinks

  /// Whom limits count it for: everybody who has the order's address together.
  var caller: Caller { Caller(user: AskingCaller.checkoutPage(of: order.id), isStaff: false) }
}

extension CheckoutLinks {
  func other(than language: CheckoutLanguage) -> CheckoutPage.Language {
    let other = language.other
    return CheckoutPage.Language(code: other.rawValue, name: other.name, link: page(in: other))
  }
}
