import Daraja
import Payments
import Store
import Testing

@testable import mpesad

/// How the day goes, and when silence is worth a look.
@Suite struct TodayTests {
  private static let now = DeskRig.now
  private static let minute = DeskRig.minute
  private static let week = Silence.week

  @Test(
    arguments: [
      ([], false, "There is no earlier week to compare with."),
      (
        [0, 0, 0, 0], false,
        "In the same 40 min of the last 4 weeks there were 0 payments on average; fewer than 5, so that none now may well be chance."
      ),
      ([5, 5, 5, 4], false, "4.8 payments on average; fewer than 5"),
      ([3], false, "In the same 40 min a week ago there were 3 payments;"),
      (
        [5, 5, 5, 5], true,
        "In the same 40 min of the last 4 weeks there were 5 payments on average; where 5 or more are usual, none at all comes about by "
          + "chance less than once in a hundred times."
      ), ([20, 0, 0, 0], true, "5 payments on average"),
    ] as [([Int], Bool, String)])
  func silenceIsUnusualWhereFivePaymentsAreUsual(_ usual: [Int], _ isUnusual: Bool, _ says: String) {
    let silence = Silence(lasting: 40 * Self.minute, usual: usual)
    #expect(silence.isUnusual == isUnusual && silence.reason.contains(says), "\(silence.reason)")
  }

  @Test func theSameSpanOfTheWeeksBeforeIsComparedWith() {
    let last = Self.now - 40 * Self.minute
    let spans = Silence.spans(since: last, now: Self.now, first: 0)
    #expect(spans == (1...4).map { last - $0 * Self.week..<Self.now - $0 * Self.week })
    let young = Silence.spans(since: last, now: Self.now, first: Self.now - 2 * Self.week - 41 * Self.minute)
    #expect(young.count == 2, "what was before the first payment was no silence")
    #expect(Silence.spans(since: last, now: Self.now, first: nil).isEmpty)
    #expect(Silence.spans(since: Self.now + 1, now: Self.now, first: 0).isEmpty, "a clock that was put back")
    let long = Silence.spans(since: 0, now: Self.now, first: 0)
    #expect(long.allSatisfy { $0.upperBound - $0.lowerBound == Silence.longest })
  }

  /// Completed payments at this time of each of the weeks before, two minutes apart.
  private func fillWeeks(_ rig: DeskRig, payments: Int) async throws {
    for week in 1...Silence.weeks {
      for number in 0..<payments {
        let ago = Int64(week) * Self.week / Self.minute + Int64(2 * number) + 1
        let transaction = try await rig.prompted(phone: "2547\(10_000_000 + week * 100 + number)", minutesAgo: ago)
        let paid = DeskRig.paid(transaction, receipt: "R\(week)A\(number)")
        let finding = Finding.evidence(about: .transaction(transaction.id), paid, .token, ifUnknown: .giveUp)
        _ = try await rig.deliver(
          DeskRig.body(transaction), to: transaction, finding, at: Self.now - ago * Self.minute + 1_000_000)
      }
    }
  }

  @Test func strangersDoNotEndASilence() async throws {
    try await DeskRig.use { rig in
      try await fillWeeks(rig, payments: 12)
      let visit = try ConsoleVisit(rig)
      let callback = try await rig.prompted(minutesAgo: 30)
      _ = try await rig.deliver(
        DeskRig.body(callback), to: callback,
        .evidence(about: .transaction(callback.id), DeskRig.paid(callback), .token, ifUnknown: .giveUp),
        at: Self.now - 20 * Self.minute)
      _ = try await rig.deliver("{}", to: nil, .quarantine(reason: "not a callback"), at: Self.now - Self.minute)
      let silent = try await visit.get("/").text
      #expect(silent.contains("Safaricom is unusually silent.") && silent.contains("20 min ago"))
      #expect(silent.contains("In the same 20 min of the last 4 weeks there were 10 payments on average"))

      let next = try await rig.prompted(minutesAgo: 3)
      _ = try await rig.deliver(
        DeskRig.body(next), to: next,
        .evidence(about: .transaction(next.id), DeskRig.paid(next, receipt: "LATEST"), .token, ifUnknown: .giveUp),
        at: Self.now - 2 * Self.minute)
      #expect(try await !visit.get("/").text.contains("unusually silent"))
    }
  }

  @Test func aHouseWithoutCallbacksSaysSo() async throws {
    try await DeskRig.use { rig in
      let visit = try ConsoleVisit(rig)
      #expect(try await visit.get("/").text.contains("None has come yet."))
      _ = try await rig.deliver("{}", to: nil, .quarantine(reason: "not a callback"))
      let flooded = try await visit.get("/").text
      #expect(flooded.contains("None of Safaricom&#39;s own") || flooded.contains("None of Safaricom's own"))
      #expect(!flooded.contains("unusually silent"))
    }
  }

  @Test func whatWaitsIsThereWithItsAge() async throws {
    try await DeskRig.use { rig in
      _ = try await rig.prompted(minutesAgo: 200)
      _ = try await rig.prompted(phone: "254711222333", minutesAgo: 5)
      let reviewed = try await rig.prompted(phone: "254711222334", minutesAgo: 3 * 24 * 60)
      _ = try await rig.deliver(
        DeskRig.body(reviewed), to: reviewed,
        .evidence(about: .transaction(reviewed.id), DeskRig.paid(reviewed, cents: 7), .token, ifUnknown: .giveUp))
      let html = try await ConsoleVisit(rig).get("/").text
      for part in [
        "<b>2</b><span>wait for the customer</span><small>the oldest for 3 h</small>",
        "<b>1</b><span>in review</span><small>the oldest for 3 days</small>",
        "Nothing waits to be worked on.", "The breaker is closed. 1 of 1 may be put now, then one each 12 s.",
        "They reach the disk.", "<dt>Write-ahead log</dt>", "16.0 MiB reserved, empty.", "free at ",
        "None can be sent: mpesa_consumer_key", "Set what is missing in Settings.",
      ] {
        #expect(html.contains(part), "\(part)\n\(html)")
      }
    }
  }

  @Test func theDaysMoneyStandsBesideTheWeekBefores() async throws {
    try await DeskRig.use { rig in
      let transaction = try await rig.prompted(minutesAgo: 5)
      _ = try await rig.deliver(
        DeskRig.body(transaction), to: transaction,
        .evidence(about: .transaction(transaction.id), DeskRig.paid(transaction), .token, ifUnknown: .giveUp))
      let html = try await ConsoleVisit(rig).get("/").text
      #expect(
        html.contains("KES 1,500.00</h2>") && html.contains("1 payment so far"))
      #expect(html.contains("<rect class=\"bar\"") && html.contains("By the end of this hour a week ago: KES 0.00"))
    }
  }
}
