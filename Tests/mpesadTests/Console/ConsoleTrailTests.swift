import Daraja
import Payments
import Reconciliation
import Store
import Testing

@testable import mpesad

/// Every action leaves who, what and why: in the trail when it is answered, and in the journal.
@Suite(.timeLimit(.minutes(2))) struct ConsoleTrailTests {
  /// What is sent, what is answered, and what the newest line of the trail then says.
  private typealias Step = (path: String, form: String?, status: Int, what: String, transaction: Int64?, why: String?)

  @Test func everyActionIsInTheTrailWhenItIsAnswered() async throws {
    try await ConsoleHouse.use { house in
      let ledger = house.ledger
      let paid = try await ledger.prompted()
      _ = try await ledger.deliver(
        DeskRig.body(paid), to: paid,
        .evidence(about: .transaction(paid.id), DeskRig.paid(paid, cents: 100), .token, ifUnknown: .giveUp))
      let lost = try await ledger.deliver("not JSON", to: nil, .quarantine(reason: "not JSON"))
      let browser = try await house.visitor()
      let steps: [Step] = [
        ("/transactions/1/phone", "", 200, "looked at the full phone number", 1, nil),
        ("/transactions/1/ask", "", 503, "asks Safaricom", 1, nil),
        (
          "/transactions/1/ruling/commit", "ruling=failed&reason=refunded+%3Cb%3E&seen=review", 303,
          "decided about a payment", 1, "refunded <b>"
        ),
        ("/inbox/\(lost)/bytes", "", 200, "looked at the full phone numbers in delivery \(lost)", nil, nil),
        ("/inbox/replay/commit", "delivery[]=\(lost)", 303, "put 1 delivery back to work", nil, nil),
        ("/transactions.csv", nil, 200, "took a list of payments as a file", nil, nil),
        ("/audit.csv", nil, 200, "took the trail of operators as a file", nil, nil),
      ]
      for step in steps {
        let before = try await house.trail().count
        let answer =
          try await step.form == nil
          ? browser.get("/console" + step.path) : browser.submit("/console" + step.path, step.form ?? "")
        #expect(answer.status == step.status, "\(step.path): \(answer.body)")
        let trail = try await house.trail()
        let newest = try #require(trail.first)
        #expect(trail.count == before + 1, "\(step.path)")
        #expect(newest.actor == ConsoleHouse.user && newest.what == step.what, "\(step.path)")
        #expect(newest.transaction?.number == step.transaction, "\(step.path)")
        #expect(step.why == nil || newest.why?.contains(step.why ?? "") == true, "\(newest)")
        let event = step.why == nil ? "operator" : "ruling"
        let line = try #require(house.journal.lines.last { $0.contains("MPESA_ACTOR=\(ConsoleHouse.user)") })
        #expect(line.contains("MPESA_EVENT=\(event)"), "\(line)")
      }
      let page = try await browser.get("/console/audit").body
      #expect(page.contains("refunded &lt;b&gt;") && page.contains("looked at the full phone number"))
      #expect(!page.contains("708374149"))
    }
  }

  @Test func lookingIsNoEvent() async throws {
    try await ConsoleHouse.use { house in
      _ = try await house.ledger.prompted()
      let browser = try await house.visitor()
      let before = try await house.trail().count
      for page in ConsolePages.all where page.method == .get && !page.path.hasSuffix(".csv") {
        _ = try await browser.get("/console" + page.path.replacing(":id", with: "1"))
      }
      #expect(try await house.trail().count == before)
    }
  }

  @Test func theTrailIsReadPageByPage() async throws {
    try await ConsoleHouse.use { house in
      try await house.store.record(
        (1...120).map { OperatorAction(at: DeskRig.now + $0, actor: "asha", what: "did thing \($0).") })
      let browser = try await house.visitor(.readOnly)
      var (path, seen) = ("/console/audit" as String?, [String]())
      while let next = path {
        let body = try await browser.get(next).body
        seen += body.matches(of: /did thing (\d+)\./).map { String($0.1) }
        path = body.firstMatch(of: /href="(\/console\/audit\?before=\d+)" rel="next"/).map { String($0.1) }
      }
      #expect(seen == (1...120).reversed().map { "\($0)" })
      let file = try await browser.get("/console/audit.csv").body
      #expect(file.split(whereSeparator: \.isNewline).count { $0.contains("did thing") } == 120)
    }
  }
}
