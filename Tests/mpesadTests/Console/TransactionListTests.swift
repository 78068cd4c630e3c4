import Daraja
import Payments
import Store
import Testing

@testable import mpesad

/// Looking through payments in the console.
@Suite struct TransactionListTests {
  @Test func aListIsNewestFirstWithAmountStatusAndMaskedPhone() async throws {
    try await DeskRig.use { rig in
      let paid = try await rig.prompted(minutesAgo: 30)
      _ = try await rig.settle(paid, .callback(DeskRig.paid(paid), .token))
      _ = try await rig.prompted(phone: "254711222333", minutesAgo: 10)
      let html = try await ConsoleVisit(rig).get("/transactions").text
      let second = try #require(html.range(of: "/console/transactions/2"))
      let first = try #require(html.range(of: "/console/transactions/1"))
      #expect(second.lowerBound < first.lowerBound)
      for part in [
        "KES 1,500.00", "2547••••149", "2547••••333", "NLJ7RT61SV", "status completed", "24 Nov 2026, 12:20:00",
      ] {
        #expect(html.contains(part), "\(part)")
      }
      for phone in ["708374149", "711222333"] { #expect(!html.contains(phone)) }
    }
  }

  @Test func tabsNarrowByStatusAndKeepTheRest() async throws {
    try await DeskRig.use { rig in
      let paid = try await rig.prompted(minutesAgo: 30)
      _ = try await rig.settle(paid, .callback(DeskRig.paid(paid), .token))
      _ = try await rig.prompted(phone: "254711222333", minutesAgo: 10)
      let visit = try ConsoleVisit(rig)
      let html = try await visit.get("/transactions?status=completed&from=2026-11-24").text
      #expect(html.contains("/console/transactions/1\"") && !html.contains("/console/transactions/2\""))
      #expect(html.contains("/console/transactions?status=pending&amp;from=2026-11-24"))
      #expect(html.contains("/console/transactions.csv?status=completed&amp;from=2026-11-24"))
      #expect(try await visit.get("/transactions?to=2026-11-23").text.contains("No payment fits."))
      #expect(try await visit.get("/transactions?from=2026-11-25").text.contains("No payment fits."))
    }
  }

  @Test func aPageGoesOnWhereTheLastOneEnded() async throws {
    try await DeskRig.use { rig in
      for number in 0..<60 {
        _ = try await rig.prompted(phone: "2547000000\(10 + number)", minutesAgo: Microseconds(200 - number))
      }
      let visit = try ConsoleVisit(rig)
      let first = try await visit.get("/transactions").text
      #expect(first.contains("/console/transactions/60\"") && first.contains("/console/transactions/11\""))
      #expect(
        !first.contains("/console/transactions/10\"") && first.contains("/console/transactions?after=11\" rel=\"next\"")
      )
      let second = try await visit.get("/transactions?after=11").text
      #expect(
        second.contains("/console/transactions/10\"") && !second.contains("rel=\"next\"") && second.contains("Newest"))
    }
  }

  @Test(arguments: [
    "status=sold", "from=yesterday", "payer=99", "after=x", "order=%3Cscript%3E", "reference=%3Cscript%3E",
  ])
  func anAddressThatSaysWhatCannotBeIsRefusedInWords(query: String) async throws {
    try await DeskRig.use { rig in
      let visit = try ConsoleVisit(rig)
      await #expect(throws: OperationError.self) { _ = try await visit.get("/transactions?\(query)") }
    }
  }

  @Test func aSearchLeadsToWhatWasMeantAndNoPhoneStandsInAnAddress() async throws {
    try await DeskRig.use { rig in
      let paid = try await rig.prompted(minutesAgo: 30)
      _ = try await rig.settle(paid, .callback(DeskRig.paid(paid), .token))
      let visit = try ConsoleVisit(rig, as: .readOnly)
      let searches = [
        ("nlj7rt61sv", "/transactions/1"), ("1", "/transactions/1"), ("%231", "/transactions?order=1"),
        ("", "/transactions"),
        ("0708+374+149", "/transactions?payer=1"), ("%2B254708374149", "/transactions?payer=1"),
        (DeskRig.checkout(paid), "/transactions/1"), ("A-17+", "/transactions?reference=A-17"),
      ]
      for (text, address) in searches {
        let seen = try await visit.post("/transactions/search", "csrf=x&q=\(text)&status=&from=&to=")
        #expect(seen.text == address && seen.notice == nil, "\(text)")
      }
      let kept = try await visit.post("/transactions/search", "q=0708374149&status=failed&from=2026-11-01&to=")
      #expect(kept.text == "/transactions?status=failed&payer=1&from=2026-11-01")
      #expect(try await visit.get("/transactions?payer=1").text.contains("Only payments from 2547••••149."))
      #expect(try await visit.get("/transactions?reference=A-17").text.contains("/console/transactions/1\""))
      #expect(try await visit.get("/transactions?reference=A-18").text.contains("No payment fits."))
      for nothing in ["0711222333", "ZZZZZZZZZZ", "ws_CO_none", "77", "what"] {
        let seen = try await visit.post("/transactions/search", "q=\(nothing)")
        #expect(
          seen.text == "/transactions" && seen.notice != nil && seen.notice?.contains("0711222333") == false,
          "\(nothing)")
      }
    }
  }

  @Test func aFileHasTheWholeFilteredListAndMasksPhones() async throws {
    try await DeskRig.use { rig in
      let paid = try await rig.prompted(minutesAgo: 30)
      var callback = DeskRig.paid(paid)
      callback.resultDescription = "=1+1, \"paid\""
      _ = try await rig.settle(paid, .callback(callback, .token))
      _ = try await rig.prompted(phone: "254711222333", minutesAgo: 10)
      let file = try await ConsoleVisit(rig, as: .readOnly).get("/transactions.csv?status=completed").text
      let lines = file.split(separator: "\r\n")
      #expect(lines.count == 2 && lines[0].hasPrefix("payment,created,status,"), "\(file)")
      #expect(lines[1].hasPrefix("1,2026-11-24T09:00:00Z,completed,,,1500.00,,2547••••149,NLJ7RT61SV,1,accepted,0,"))
      #expect(lines[1].contains("\"'=1+1, \"\"paid\"\"\"") && !file.contains("708374149"))
      #expect(rig.journal.lines.count == 1 && rig.journal.lines[0].contains("asha took a list of payments as a file"))
    }
  }

  @Test func aFileIsReadPageByPageAndSaysWhereItWasCut() async throws {
    try await DeskRig.use { rig in
      for number in 0..<7 {
        _ = try await rig.prompted(phone: "25470000001\(number)", minutesAgo: Microseconds(100 - number))
      }
      func file(_ maximum: Int) async throws -> [Substring] {
        let file = TransactionFile(store: rig.store, filter: TransactionFilter(), maximumRows: maximum)
        return try await ConsoleVisit.text(of: file.body).split(separator: "\r\n")
      }
      #expect(try await file(7).count == 8, "all of it, and no word of a limit")
      let cut = try await file(5)
      #expect(
        cut.count == 7
          && cut.last.map(String.init)
            == "Only the newest 5 payments are in this file. Narrow the list by time to get the others."
      )
      #expect(cut[1].hasPrefix("7,") && cut[5].hasPrefix("3,"))
    }
  }
}
