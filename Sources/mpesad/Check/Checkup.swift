import Daraja
import Foundation
import Store

/// Looks at everything once. Nothing is started, made or changed by it, but one thing: a complete look that finds a database sound lifts the
/// verdict that it is damaged.
struct Checkup {
  let runner: OperationRunner
  let isFull: Bool
  /// Where backups are looked for.
  let backups: String
  let now: Microseconds

  private var settings: Settings { runner.settings }

  func report() async throws -> CheckReport {
    let daemon = await DaemonStanding.ask(runner)
    // The units of the package have the standard state directory.
    let unit = settings.stateDirectory == Settings.standardStateDirectory ? SystemManager.standing() : nil
    var lines = [CheckVerdict.daemon(daemon, unit: unit), CheckVerdict.commits(daemon)]
    let inspection = Result {
      try DatabaseInspection(directory: settings.stateDirectory, depth: isFull ? .full : .glance)
    }
    switch inspection {
    case .success(let found):
      lines.append(try database(found))
      if found.problems.isEmpty { lines += try await work(found, daemon) }
    case .failure(let error):
      lines.append(CheckVerdict.database(error))
      if let spool = try? SpoolStanding(ofUnreadable: settings.stateDirectory) {
        lines.append(CheckVerdict.spool(spool, wanted: settings.spoolBytes))
      }
    }
    let newest = try? inspection.get().newestDelivery
    lines += [
      CheckVerdict.sqlite(LinkedSQLite.summary),
      CheckVerdict.clock(now: now, isKept: KernelClock.isKept, newest: newest),
      CheckVerdict.disk(FreeSpace(of: settings.stateDirectory), at: settings.stateDirectory),
      CheckVerdict.files(StateFile.all(in: settings.stateDirectory)),
      CheckVerdict.backup(newest: BackupDirectory(backups).backups().last?.at, in: backups, now: now),
    ]
    let order = Dictionary(zip(Check.allCases, 0...), uniquingKeysWith: { $1 })
    return CheckReport(lines.sorted { order[$0.check] ?? 0 < order[$1.check] ?? 0 })
  }

  /// What is said of a database that can be read. SQLite may have found it damaged where this look did not go.
  private func database(_ found: DatabaseInspection) throws -> CheckLine {
    let verdict = DamageVerdict(directory: settings.stateDirectory)
    guard let detail = verdict.detail, found.problems.isEmpty else { return CheckVerdict.database(found) }
    guard isFull else { return CheckVerdict.database(condemned: detail) }
    try verdict.lift()
    return CheckVerdict.databaseLifted(detail)
  }

  /// What can only be said of a database that can be read.
  private func work(_ found: DatabaseInspection, _ daemon: DaemonStanding) async throws -> [CheckLine] {
    let isServed = if case .absent = daemon { false } else { true }
    return [
      CheckVerdict.schema(pending: found.pendingMigrations), CheckVerdict.log(bytes: found.logBytes),
      CheckVerdict.spool(found.spool, wanted: settings.spoolBytes),
      CheckVerdict.settings(try await settingsReport(found, daemon)),
      CheckVerdict.inbox(found.census, isServed: isServed, now: now), CheckVerdict.review(found.census),
      CheckVerdict.unproven(found.unproven), CheckVerdict.webhooks(found.outbox, now: now),
    ]
  }

  /// A daemon has credentials and an environment of its own, so that only it knows what it runs with.
  private func settingsReport(_ found: DatabaseInspection, _ daemon: DaemonStanding) async throws -> SettingsReport {
    if case .answers = daemon,
      let report = try await runner.performInDaemon(ListSettings(), patience: DaemonStanding.patience)
    {
      return report
    }
    return SettingsReport(
      try SettingsTable(found.settings, over: settings, seal: Result { try SettingsKey.existing(settings) }))
  }
}
