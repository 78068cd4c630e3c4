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
    let silence = try await silence(since: backlog.lastCallback, now: now, in: store)
    let house = HouseFacts(
      backlog: backlog, settings: desk.settings.current, standing: await desk.daraja.questioner.standing,
      path: store.writePath, now: now)
    return TodayView(
      chart: MoneyChart(today, before: before, hoursSoFar: Int((now - day) / 3_600_000_000) + 1),
      cards: TodayView.cards(backlog, now: now), facts: house.lines(silence),
      alarm: silence.flatMap { $0.isUnusual ? $0.reason : nil }, at: ShownTime(now))
  }

  private static func silence(
    since last: Microseconds?, now: Microseconds, in store: some MoneyStore
  ) async throws -> Silence? {
    guard let last, last < now else { return nil }
    let spans = Silence.spans(since: last, now: now, first: try await store.firstPayment())
    return Silence(lasting: now - last, usual: try await store.payments(in: spans))
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
