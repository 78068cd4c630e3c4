import Payments
import Testing

@testable import mpesad

extension BrowserTests {
  @Suite("Long lists in the console", .timeLimit(.minutes(2))) struct ConsoleListTests {
    /// More than one page of payments holds.
    private static let payments = TransactionListQuery.pageLength + 2

    @Test(
      "A list goes on over a link, comes back to the newest, and its file has all of it with masked phones",
      arguments: ConsolePaymentTests.visitors)
    func pages(visitor: Visitor) async throws {
      try await WebHouse.use { house in
        var phones: [String] = []
        for _ in 0..<Self.payments { phones.append(try await house.ended(house.order(), "1032").phone.digits) }
        try await Browser.visit(visitor) { page in
          try await page.signIn(to: house)
          try await page.visit("/transactions?status=failed", of: house)
          #expect(try await page.count("table.list tbody tr") == TransactionListQuery.pageLength)
          try await page.press("Older", for: ".pager a[href]:not([rel=next])")
          #expect(try await page.texts("table.list tbody td:first-child") == ["2", "1"])
          #expect(try await page.address.contains("status=failed"), "the next page keeps what was asked for")
          try await page.check("transactions-last")
          try await page.press("Newest", for: ".pager a[rel=next]")
          #expect(try await page.text("table.list tbody td") == "\(Self.payments)")

          guard visitor.runsScripts else { return }
          let fetching = "fetch(document.querySelector('a[download]').href).then((it) => it.text()).then(done, done);"
          let file = try await page.runAsync(fetching).text ?? ""
          let lines = file.split(whereSeparator: \.isNewline)
          #expect(lines.count == 1 + Self.payments && lines.first?.hasPrefix("payment,created,status") == true)
          #expect(phones.allSatisfy { !file.contains($0) }, "phones are masked in the file, too")
        }
      }
    }
  }
}
