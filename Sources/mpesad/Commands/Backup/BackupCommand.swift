import ArgumentParser
import Foundation
import Reconciliation
import Store

/// Copies the database.
struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy the database into one file, verified, while the daemon runs or not.",
    discussion: """
        mpesad backup /mnt/safe/shop.db
        mpesad backup --directory /var/lib/mpesad/backups --keep 14

      The file is an SQLite database with all that was acknowledged by then, also what only the spool held. It gets its name \
      when it was read back whole: every page and index, every reference, and the rows of each table as they were counted at that \
      moment. Nothing in the daemon waits for it. Run it as root or as the daemon's user.

      The keys are not in it: keep callback.key, settings.key and jwt.key of the state directory elsewhere, once; they never change.

      Exit codes: 0 made, 1 the copy is not whole, or the name is taken, 69 there is no room, or the file cannot be written, 75 another \
      backup of that name is under way, or the load is too high.
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "The file to make.", transform: AbsolutePath.argument)
  var file: String?

  @Option(
    name: .long, help: "Instead of a file: the directory to make one in, named after the time.",
    transform: AbsolutePath.argument)
  var directory: String?

  @Option(name: .long, help: "With --directory: how many to keep. Older ones that mpesad made there are removed.")
  var keep: Int?

  @Flag(name: .long, help: "Replace a file of that name.")
  var force = false

  func validate() throws {
    guard (file == nil) != (directory == nil) else {
      throw ValidationError("Name the file to make, or a directory with --directory.")
    }
    guard keep == nil || directory != nil else { throw ValidationError("--keep goes with --directory.") }
    guard (keep ?? 1) >= 1 else { throw ValidationError("--keep takes a number from 1.") }
  }

  func run() async throws {
    do {
      let settings = try await options.settings()
      let now = Timing.system.now()
      let start = ContinuousClock.now
      let backup = Backup(
        of: settings.stateDirectory, keys: StateKeys.fingerprints(in: settings.stateDirectory),
        program: "mpesad \(Mpesad.version)")
      let house = directory.map { BackupDirectory($0) }
      try house?.prepare(for: settings.stateDirectory)
      let made = house?.file(at: now) ?? file ?? ""
      let summary = try backup.write(to: made, replacing: force, now: now)
      let pruning = keep.flatMap { house?.prune(keeping: $0, justMade: made, at: now) } ?? BackupDirectory.Pruning()
      let report = BackupReport(summary, took: ContinuousClock.now - start, removed: pruning.removed)
      try output.show(report, as: report.table)
      for path in pruning.left {
        Terminal.tell("\(path) is too many, and was left: it is no backup of mpesad's, or is not ours to remove.")
      }
    } catch {
      throw ExitStatus.report(error)
    }
  }
}
