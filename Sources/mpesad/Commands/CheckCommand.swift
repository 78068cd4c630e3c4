import ArgumentParser
import Foundation
import Reconciliation

/// Looks at the whole installation.
struct CheckCommand: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract:
      "Look whether everything is well: daemon, database, SQLite, spool, settings, clock, disk, what waits, backups.",
    discussion: """
        mpesad check
        mpesad check --full --json

      It reads the database beside the daemon, and starts nothing: where no daemon has the state directory none is asked, so that a socket \
      that systemd holds does not start one. mpesad-check.timer runs it every five minutes, and raises an alert where it fails.

      Exit codes: 0 all is well, also with warnings, 1 something failed, or with --strict something is worth a warning.
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions

  @Flag(name: .long, help: "Read the whole database with every index, however large it is.")
  var full = false

  @Flag(name: .long, help: "Take warnings for failures.")
  var strict = false

  @Flag(name: .long, help: "Print only what failed, and with --strict what is worth a warning.")
  var quiet = false

  @Option(
    name: .long, help: "Where backups are made; by default the directory backups in the state directory.",
    transform: AbsolutePath.argument)
  var backups: String?

  func operate(_ runner: OperationRunner) async throws {
    let report = try await Checkup(
      runner: runner, isFull: full, backups: backups ?? runner.settings.stateDirectory + "/backups",
      now: Timing.system.now()
    ).report()
    let bad: Set<CheckLine.Outcome> = strict ? [.failed, .warning] : [.failed]
    let isBad = bad.contains(report.outcome)
    if !quiet || isBad {
      let shown = quiet ? CheckReport(report.checks.filter { bad.contains($0.outcome) }) : report
      try output.show(shown, as: shown.table, page: shown.page)
    }
    if isBad { throw ExitStatus.no }
  }
}
