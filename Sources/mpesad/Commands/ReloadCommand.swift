import ArgumentParser

/// Has the running daemon read its settings again, and waits for the verdict.
struct ReloadCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reload",
    abstract: "Have the running daemon read its configuration, certificates and keys again, and wait for the verdict.",
    discussion: """
        mpesad reload
        mpesad reload --config /etc/mpesad/mpesad.yaml

      The daemon reads the file that it was started with, and the files that are named there. Everything is checked first: all of it comes
      into force, or nothing does. What was changed and is read at start only is named; it needs a restart. Flags and environment are those
      that the daemon was started with, and so are systemd's credentials unless systemd renews them. The options here say only which daemon
      is meant. SIGHUP does the same and leaves the verdict to the log.

      Exit codes: 0 in force, 69 no daemon runs, 77 this user may not, 78 refused: standard error says why, and nothing was changed.
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions

  func run() async throws {
    do {
      let (runner, fault) = try await runner()
      guard let report = try await runner.performInDaemon(Reload()) else {
        throw fault
          ?? OperationError(
            .unavailable,
            "No daemon answers for \(runner.settings.stateDirectory). Name its state directory with --state, or start it."
          )
      }
      // systemd runs this for `systemctl reload`, and its output is in the journal: a table without rows says nothing there.
      if output.json || !report.table.isEmpty { try output.show(report, as: report.table) }
      Terminal.tell(report.summary)
    } catch {
      throw ExitStatus.report(error)
    }
  }

  /// Who reaches the daemon. A file that cannot be used must not keep it from being asked: it is the daemon that refuses the file.
  private func runner() async throws -> (OperationRunner, fault: (any Error)?) {
    do {
      return (try Self.runner(for: try await options.places.source()), nil)
    } catch {
      return (try Self.runner(for: try await options.places.withoutFile.source()), error)
    }
  }

  /// Of all settings only the state directory matters.
  private static func runner(for source: SettingsSource) throws -> OperationRunner {
    let directory = source.text(.stateDirectory)
    return OperationRunner(
      settings: try Settings(directory.map { SettingsSource.none.only(.stateDirectory, $0) } ?? .none))
  }
}
