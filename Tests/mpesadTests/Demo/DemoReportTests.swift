import DarajaSimulator
import Foundation
import Testing

@testable import mpesad

@Suite struct DemoReportTests {
  private static let longestSaying = "stranger 0; query 4999×3; callback 1037"

  private func report(wrong: Story? = nil) -> DemoReport {
    let rows = Story.allCases.map { story in
      let expected = ExpectedEnding.of(story)
      var ending = Ending.sample(of: expected)
      ending.seconds = 15.22
      if story == wrong { ending.credits += 1 }
      return DemoRow(story, expected, ending, sayings: Self.longestSaying)
    }
    return DemoReport(
      rows: rows, house: [], pace: DemoPace(factor: 0.05), duration: .seconds(16), stateDirectory: "/tmp/demo")
  }

  @Test func aTerminalOf140ColumnsIsEnough() {
    for line in report().table(Paint(isOn: false)).split(separator: "\n") { #expect(line.count <= 140) }
  }

  @Test func oneRowAStoryUnderTheHeader() {
    let lines = report().table(Paint(isOn: false)).split(separator: "\n")
    #expect(lines.count == Story.allCases.count + 1)
    #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("✓") })
  }

  @Test func aStoryThatWentWrongIsCrossedAndExplained() {
    let report = report(wrong: .forged)
    #expect(!report.passed)
    let crossed = report.table(Paint(isOn: false)).split(separator: "\n").filter { $0.hasPrefix("✗") }
    #expect(crossed.count == 1 && crossed[0].contains("forged"))
    #expect(
      report.explanation == """
        forged did not end as it must:
          times credited: expected 0, got 1
            0.16 s  completed (callback): Paid.
        """)
    #expect(
      report.summary(kept: false).hasPrefix("17 of 18 stories ended as they must, in 16.00 s at pace 0.05 (5 min 20 s"))
  }

  @Test func troubleOfTheHouseIsAFailureToo() {
    var report = report()
    report.house = ["inbox, parked: expected none, got 1"]
    #expect(!report.passed)
    #expect(report.explanation == "inbox, parked: expected none, got 1")
  }

  @Test func coloursOnlyWhereTheyAreWanted() {
    #expect(!report(wrong: .pays).table(Paint(isOn: false)).contains("\u{1B}"))
    #expect(report(wrong: .pays).table(Paint(isOn: true)).contains("\u{1B}[31m"))
    // Standard output of a test is no terminal, and NO_COLOR forbids colours on any.
    #expect(!Paint(for: STDOUT_FILENO, environment: ["NO_COLOR": "1"]).isOn)
  }

  @Test func jsonHasTheRowsUnderStableNames() throws {
    let rows = try #require(
      JSONSerialization.jsonObject(with: Data(report().json().utf8)) as? [[String: Any]])
    #expect(rows.map { $0["story"] as? String } == Story.allCases.map(\.rawValue))
    let first = try #require(rows.first)
    for name in [
      "shopper", "safaricom", "status", "flags", "receipt", "known_by", "seconds", "order_id", "transaction_id",
    ] {
      #expect(first[name] != nil, "\(name)")
    }
  }

  @Test func theSummaryTellsWhereTheStateIs() {
    #expect(report().summary(kept: false).hasSuffix("State was in /tmp/demo, removed now."))
    #expect(report().summary(kept: true).hasSuffix("State is in /tmp/demo."))
  }
}
