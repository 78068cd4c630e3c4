import Daraja
import Payments
import Reconciliation
import Testing

@testable import Gateway

@Suite("The shopper's pages", .timeLimit(.minutes(1)))
struct CheckoutPageTests {
  typealias Scene = (state: CheckoutState, transaction: Transaction?, order: Order)

  /// One for each state.
  static func scenes() throws -> [Scene] {
    typealias Make = CheckoutStandingTests
    let order = Make.order(expiresIn: 3_600)
    let failures: [Scene] = try [
      (.cancelled, Reason.cancelled), (.wrongPIN, .wrongPIN), (.pinLocked, .pinLocked),
      (.insufficientFunds, .insufficientFunds), (.unreachable, .timeout), (.limit, .limit),
      (.failedOtherwise, .merchantLimit),
    ].map { ($0, try Make.transaction(1, .failed, $1), order) }
    var paid = try Make.transaction(1, .completed)
    paid.receipt = Receipt("NLJ7RT61SV")
    paid.settledAt = TestGateway.now
    return failures + [
      (.ready, nil, order), (.sending, try Make.transaction(push: .requested), order),
      (.prompted, try Make.transaction(), order), (.checking, try Make.transaction(ago: 100), order),
      (.paid, paid, Make.order(paidBy: 1, expiresIn: 3_600)), (.stillChecking, try Make.transaction(ago: 150), order),
      (.review, try Make.transaction(1, .review, .amountMismatch), order), (.expired, nil, Make.order(expiresIn: 0)),
    ]
  }

  @Test("Every state in both languages: its heading, its sentence, its headers, and less than 30 KB in all")
  func everyState() async throws {
    let scenes = try Self.scenes()
    #expect(Set(scenes.map(\.state)) == Set(CheckoutState.allCases))
    let files = CheckoutFiles.assets.reduce(0) { $0 + $1.bytes.count }
    for scene in scenes {
      try await TestGateway.run(checkout: .full) { gateway in
        gateway.store.add(scene.order)
        if let transaction = scene.transaction { gateway.store.add(transaction) }
        for language in CheckoutLanguage.allCases {
          let page = try await gateway.page(language: language.rawValue)
          #expect(page.status == 200)
          let said = language.texts.states(scene.state)
          #expect(page.body.contains("data-state=\"\(scene.state.rawValue)\""), "\(scene.state)")
          #expect(page.body.contains(said.sentence), "\(scene.state) \(language)")
          #expect(page.body.contains(">\(said.title)</h1>"))
          #expect(page.body.contains("<html lang=\"\(language.rawValue)\">"))
          #expect(page.body.contains("KES 1,500") && page.body.contains("Duka la Asha"))
          #expect(page.body.utf8.count + files < 30_000, "\(scene.state): \(page.body.utf8.count + files)")
          #expect(!page.body.contains("0712345678") && !page.body.contains("254712345678"))
          #expect(page.body.contains("http-equiv=\"refresh\"") == scene.state.isAwaited, "\(scene.state)")
          Self.expectSafe(page)
        }
      }
    }
  }

  static func expectSafe(_ page: Answer) {
    #expect(page.headers["content-type"] == "text/html; charset=utf-8")
    #expect(page.headers["cache-control"] == "no-store")
    #expect(page.headers["referrer-policy"] == "no-referrer")
    #expect(page.headers["x-content-type-options"] == "nosniff")
    let policy = page.headers["content-security-policy"] ?? ""
    #expect(policy.contains("default-src 'none'") && !policy.contains("unsafe"))
    #expect(!page.body.contains(" style=") && !page.body.contains("<style"))
    #expect(!page.body.contains(" onclick") && !page.body.contains("javascript:"))
    #expect(!page.body.contains("{{"))
  }

  @Test("What a stranger or a merchant wrote never becomes markup")
  func hostile() async throws {
    let evil = "\"><script>alert(1)</script><img src=x onerror='a'>{{title}}&lt;"
    let settings = CheckoutSettings(
      merchantName: evil, base: "https://pay.example.co.ke", receiver: .init(number: evil, isTill: false))
    for scene in try Self.scenes() {
      try await TestGateway.run(checkout: settings) { gateway in
        var order = scene.order
        (order.description, order.reference) = (evil, evil)
        order.checkout.successURL = "https://shop.example/?a='b'&c=1"
        order.checkout.cancelURL = "https://shop.example/?a='b'&c=2"
        gateway.store.add(order)
        if let transaction = scene.transaction { gateway.store.add(transaction) }
        var answers = [
          try await gateway.page(),
          try await gateway.page(gateway.checkoutPath + "?lang=%22%3E%3Cscript%3E&said=%3Cb%3E"),
        ]
        if scene.state == .ready {
          answers.append(try await gateway.submit("phone=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"))
        }
        for answer in answers {
          #expect(!answer.body.contains("<script>") && !answer.body.contains("<img"))
          #expect(answer.body.contains("&lt;script&gt;"))
          #expect(!answer.body.contains("?a='b'&c"))
        }
        let state = try await gateway.page(gateway.checkoutPath + "/state")
        let html = state.json["html"]?.text ?? ""
        #expect(!html.contains("<script") && html.contains("&lt;script&gt;"))
      }
    }
  }

  @Test("A link to an order that had this one's number, or to an old one, leads nowhere; the order's own link does")
  func nonces() async throws {
    try await TestGateway.run(checkout: .full) { gateway in
      var order = Order.example()
      order.nonce = Nonce(7)
      gateway.store.add(order)
      #expect(try await gateway.page("/checkout/\(gateway.checkout.tokens.token(for: order.token))").status == 200)
      for nonce in [Nonce(8), nil] {
        let other = gateway.checkout.tokens.token(for: ProvenOrder(order.id, nonce: nonce))
        for (method, path) in [("GET", ""), ("POST", ""), ("POST", "/check"), ("GET", "/state"), ("GET", "/events")] {
          let answer = try await gateway.send(
            method, "/checkout/\(other)\(path)", body: method == "POST" ? "phone=0712345678" : nil,
            contentType: "application/x-www-form-urlencoded")
          #expect(answer.status == 404 && !answer.body.contains("1,500"), "\(method) \(path)")
        }
      }
      #expect(gateway.prompting.asked.isEmpty)
      order.nonce = nil
      gateway.store.add(order)
      let link = gateway.checkout.tokens.token(for: ProvenOrder(order.id, nonce: nil))
      #expect(try await gateway.page("/checkout/\(link)").status == 200, "an order from before keeps its link")
    }
  }

  @Test("A token that proves nothing has a page of its own, and an order that is gone has the same")
  func unknown() async throws {
    try await TestGateway.run(checkout: .full) { gateway in
      let token = gateway.checkoutToken
      let callback = gateway.tokens.token(for: ProvenToken(TransactionID(123), nonce: nil))
      for wrong in [
        token, String(token.dropLast()) + (token.hasSuffix("0") ? "1" : "0"), "124" + token.dropFirst(3), callback, "x",
        "%3Cscript%3E",
      ] {
        for (method, path) in [("GET", ""), ("POST", ""), ("POST", "/check"), ("GET", "/state"), ("GET", "/events")] {
          let answer = try await gateway.send(
            method, "/checkout/\(wrong)\(path)", body: method == "POST" ? "phone=0712345678" : nil,
            contentType: "application/x-www-form-urlencoded")
          #expect(answer.status == 404, "\(method) \(wrong)\(path)")
          #expect(answer.body.contains("This link does not work") && !answer.body.contains("<script>"))
          Self.expectSafe(answer)
        }
      }
      #expect(gateway.prompting.asked.isEmpty)
    }
  }

  @Test("The language is the browser's, the link changes it, and every link keeps it")
  func language() async throws {
    try await TestGateway.run(checkout: .full) { gateway in
      gateway.store.add(Order.example())
      let english = try await gateway.page(language: "fr")
      #expect(english.body.contains("?lang=sw\" lang=\"sw\" hreflang=\"sw\">Kiswahili</a>"))
      let swahili = try await gateway.page(gateway.checkoutPath + "?lang=sw")
      #expect(swahili.headers["content-language"] == "sw" && swahili.body.contains("<title>Lipa Duka la Asha</title>"))
      #expect(swahili.body.contains("action=\"\(gateway.checkoutToken)?lang=sw\""))
      #expect(swahili.body.contains("/events?lang=sw\"") && swahili.body.contains("/state?lang=sw\""))
    }
  }

  @Test("HEAD has the same header; a slash at the end leads to the page; the files are kept for ever")
  func addresses() async throws {
    try await TestGateway.run(checkout: .full) { gateway in
      gateway.store.add(Order.example())
      let head = try await gateway.page(method: "HEAD")
      #expect(head.status == 200 && head.body.isEmpty && head.headers["cache-control"] == "no-store")
      for asset in CheckoutFiles.assets {
        let file = try await gateway.send("GET", "/checkout/\(asset.path)")
        #expect(file.status == 200 && file.body.utf8.count == asset.bytes.count)
        #expect(file.headers["cache-control"]?.contains("immutable") == true)
        #expect(try await gateway.page().body.contains("\"\(asset.path)\""))
      }
      #expect(try await gateway.send("GET", "/checkout/assets/0/checkout.css").status == 404)
      #expect(try await gateway.send("HEAD", gateway.checkoutPath + "/events").status == 200)
    }
  }

  @Test("A receipt has all there is to keep, and leads where the merchant said")
  func receipt() async throws {
    try await TestGateway.run(checkout: .full) { gateway in
      let scene = try #require(try Self.scenes().first { $0.state == .paid })
      var order = scene.order
      order.checkout.successURL = "https://shop.example/thanks?id=9"
      order.checkout.cancelURL = "https://shop.example/cart"
      gateway.store.add(order)
      gateway.store.add(try #require(scene.transaction))
      let page = try await gateway.page()
      #expect(page.body.contains("NLJ7RT61SV") && page.body.contains("2 Jan 2026, 06:04:05"))
      #expect(page.body.contains("data-copy=\"NLJ7RT61SV\"") && page.body.contains("data-print"))
      #expect(
        page.body.contains("href=\"https:&#x2F;&#x2F;shop.example&#x2F;thanks?id=9\"")
          || page.body.contains("href=\"https://shop.example/thanks?id=9\""))
      #expect(!page.body.contains("/cart") && !page.body.contains("<form"))
    }
  }

  @Test("After two minutes without an answer the money can be sent by hand; a till has no account")
  func byHand() async throws {
    for isTill in [false, true] {
      let settings = CheckoutSettings(receiver: .init(number: "174379", isTill: isTill))
      try await TestGateway.run(checkout: settings) { gateway in
        gateway.store.add(Order.example())
        gateway.store.add(try CheckoutStandingTests.transaction(ago: 119))
        #expect(try await !gateway.page().body.contains("174379"))
        gateway.store.add(try CheckoutStandingTests.transaction(ago: 120))
        let page = try await gateway.page()
        #expect(page.body.contains("data-copy=\"174379\"") && page.body.contains("data-copy=\"1500\""))
        #expect(page.body.contains("data-copy=\"INV-9\"") == !isTill)
        #expect(page.body.contains("I have paid: check now"))
      }
    }
  }

  @Test("A store that cannot be read says so, and loses nothing")
  func unavailable() async throws {
    try await TestGateway.run(checkout: .full) { gateway in
      gateway.store.fail(.unavailable(detail: "a secret path"))
      let page = try await gateway.page()
      #expect(page.status == 503 && page.headers["retry-after"] == "10")
      #expect(page.body.contains("Nothing is lost") && !page.body.contains("secret"))
      Self.expectSafe(page)
    }
  }
}
