import Daraja
import Foundation
import Reconciliation
import Store

/// How the house itself stands, for the page of today: what waits inside it, what Safaricom may be asked, and what room the disk has.
struct HouseFacts {
  let backlog: Backlog
  let settings: Settings
  let standing: Questioner.Standing
  let path: WritePathState
  let now: Microseconds

  /// - Parameter silence: what the time since the last callback means.
  func lines(_ silence: Silence?) -> [TodayView.Fact] {
    ([callback(silence), inbox, questions] + prompts + disk).compactMap { $0 }
  }

  private func callback(_ silence: Silence?) -> TodayView.Fact {
    TodayView.Fact(
      name: "Last callback",
      value: backlog.lastCallback.map {
        "\(ShownTime($0).text), \(TodayView.span(now - $0)) ago. \(silence?.reason ?? "")"
      }
        ?? (backlog.lastDelivery == nil
          ? "None has come yet." : "None of Safaricom's own among the last \(Backlog.searchedAtMost) deliveries."))
  }

  private var inbox: TodayView.Fact {
    guard let oldest = backlog.oldestWaiting else {
      return TodayView.Fact(name: "Inbox", value: "Nothing waits to be worked on.")
    }
    let age = now - oldest
    return TodayView.Fact(
      name: "Inbox", value: "\(backlog.waiting) wait to be worked on, the oldest for \(TodayView.span(age)).",
      advice: age > CheckVerdict.longWait ? "Under heavy load this passes; else see the daemon's log." : nil)
  }

  private var questions: TodayView.Fact {
    let interval = Double(settings.budget.interval) / 1_000_000
    let refill = interval.rounded() == interval ? "\(Int(interval)) s" : "\(interval) s"
    return standing.rest.map {
      TodayView.Fact(
        name: "Questions to Safaricom", value: "The breaker is open until \(ShownTime(now + $0).text).",
        advice: "Safaricom does not answer; mpesad asks again by itself then.")
    }
      ?? TodayView.Fact(
        name: "Questions to Safaricom",
        value:
          "The breaker is closed. \(standing.available) of \(settings.budget.burst) may be put now, then one each \(refill)."
      )
  }

  private var prompts: [TodayView.Fact] {
    guard !settings.missing.isEmpty else { return [] }
    let names = settings.missing.map(\.rawValue).joined(separator: ", ")
    return [
      TodayView.Fact(
        name: "Prompts", value: "None can be sent: \(names) missing.", advice: "Set what is missing in Settings.")
    ]
  }

  private var disk: [TodayView.Fact] {
    let directory = settings.stateDirectory
    let log = CheckVerdict.log(bytes: Self.length(directory + "/mpesad.db-wal"))
    let space = CheckVerdict.disk(FreeSpace(of: directory), at: directory)
    return [
      TodayView.Fact(
        name: "Commits",
        value: path.failure.map { "The database \(path.isOpen ? "does not commit" : "is not open"): \($0)." }
          ?? (path.waiting == 0 ? "They reach the disk." : "They reach the disk; \(path.waiting) wait."),
        advice: path.failure.map { _ in "Free space on the disk, or check it for errors." }),
      TodayView.Fact(name: "Write-ahead log", value: log.found, advice: log.advice),
      spool,
      TodayView.Fact(name: "Disk", value: space.found, advice: space.advice),
    ]
  }

  private var spool: TodayView.Fact {
    let reserved = Self.length(settings.stateDirectory + "/mpesad.spool")
    if path.spoolBytes > 0 {
      return TodayView.Fact(
        name: "Spool",
        value:
          "\(ByteCount(path.spoolBytes)) of callbacks wait in it for the database; it has room for \(ByteCount(path.spoolRoom)).",
        advice: "They are taken in by themselves when the database commits again.")
    }
    if settings.spoolBytes == 0 { return TodayView.Fact(name: "Spool", value: "Switched off (spool_bytes).") }
    return reserved == 0
      ? TodayView.Fact(
        name: "Spool", value: "Not reserved: if the database cannot commit, callbacks are refused.",
        advice: "Free space on the disk; it is tried again by itself.")
      : TodayView.Fact(name: "Spool", value: "\(ByteCount(reserved)) reserved, empty.")
  }

  /// 0 where there is no such file.
  private static func length(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : 0
  }
}
