import Daraja
import Hummingbird
import NIOCore
import Store

/// How the day goes.
enum TodayPages {
  static let all: [ConsolePage] = [.get("/", show), .get("/today/events", events)]

  /// How often an open page is brought up to date where nothing happens to a payment.
  private static let pulse = Duration.seconds(15)
  /// How long after news the next news are told at the earliest, so that a busy hour does not mean a page for each payment.
  private static let calm = Duration.seconds(2)
  /// How long a stream lasts; browsers connect again by themselves.
  private static let lifetime = Duration.seconds(600)

  @Sendable private static func show(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    .page(
      ConsoleView(
        title: "Today", section: .today, template: "today", content: try await view(at: request.desk)))
  }

  private static func view(at desk: OperatorDesk) async throws -> TodayView {
    let (store, now) = (desk.store, desk.timing.now())
    let offset = DarajaTimestamp.offsetSeconds * 1_000_000
    let day = (now + offset) / ShownDay.length * ShownDay.length - offset
    let today = try await store.money(from: day, to: day + ShownDay.length)
    let before = try await store.money(from: day - Silence.week, to: day - Silence.week + ShownDay.length)
    let backlog = try await store.backlog()
    let census = try await store.census()
    let standing = await desk.daraja.questioner.standing
    let silence: Silence?
    if let last = backlog.lastDelivery {
      silence = Silence(usual: try await store.payments(in: Silence.spans(since: last, now: now)))
    } else {
      silence = nil
    }
    let path = store.writePath
    let disk = FreeSpace(of: desk.settings.current.stateDirectory)
    let facts = [
      ShownFactLine(
        name: "Last callback",
        value: backlog.lastDelivery.map {
          "\(ShownTime($0).text), \(TodayView.span(now - $0)) ago. \(silence?.reason ?? "")"
        }
          ?? "None has come yet."),
      ShownFactLine(
        name: "Inbox",
        value: backlog.oldestWaiting.map { "\(backlog.waiting) wait, the oldest for \(TodayView.span(now - $0))" }
          ?? "Nothing waits."),
      ShownFactLine(
        name: "Questions to Safaricom",
        value: standing.restsUntil.map { "The breaker is open until \(ShownTime($0).text): Safaricom does not answer." }
          ?? "The breaker is closed; \(standing.available) may be put now."),
      ShownFactLine(
        name: "Disk",
        value: disk.map { "\(TodayView.size($0.bytes)) of \(TodayView.size($0.total)) free" } ?? "Not known."),
      ShownFactLine(
        name: "Spool",
        value: path.failure.map { "In use: the database does not commit. \($0)" }
          ?? (path.spoolBytes > 0 ? "\(path.spoolBytes) bytes are taken in again." : "Empty.")),
    ]
    return TodayView(
      chart: MoneyChart(today, before: before, hoursSoFar: Int((now - day) / 3_600_000_000) + 1),
      cards: cards(backlog, pending: census.transactions[.pending] ?? 0), facts: facts,
      alarm: silence.flatMap { $0.isUnusual ? $0.reason : nil }, at: ShownTime(now))
  }

  private static func cards(_ backlog: Backlog, pending: Int) -> [TodayView.Card] {
    func number(_ count: Int) -> String { count >= Backlog.countedAtMost ? "\(count)+" : "\(count)" }
    return [
      TodayView.Card(
        number: "\(pending)", label: "wait for the customer", href: "/console/transactions?status=pending",
        needsAttention: false),
      TodayView.Card(
        number: number(backlog.review), label: "in review", href: "/console/transactions?status=review",
        needsAttention: backlog.review > 0),
      TodayView.Card(
        number: number(backlog.unmatched), label: "unmatched callbacks", href: "/console/inbox?state=unmatched",
        needsAttention: backlog.unmatched > 0),
      TodayView.Card(
        number: number(backlog.quarantined), label: "quarantined", href: "/console/inbox?state=quarantined",
        needsAttention: backlog.quarantined > 0),
    ]
  }

  /// Says when there is news. Ends with the daemon, after a while, and when nobody listens any more.
  @Sendable private static func events(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let ticks = request.desk.audit.feed.changes()
    return .stream(
      ResponseBody { writer in
        let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let sources = [
          Task {
            for await _ in ticks { wake.yield() }
            wake.finish()
          },
          Task {
            while (try? await Task.sleep(for: pulse)) != nil { wake.yield() }
          },
          Task {
            if (try? await Task.sleep(for: lifetime)) != nil { wake.finish() }
          },
        ]
        defer { for source in sources { source.cancel() } }
        try await writer.write(ByteBuffer(string: "retry: 3000\n\n"))
        for await _ in wakes {
          try await writer.write(ByteBuffer(string: "event: change\ndata: today\n\n"))
          try await Task.sleep(for: calm)
        }
        try await writer.finish(nil)
      })
  }
}
