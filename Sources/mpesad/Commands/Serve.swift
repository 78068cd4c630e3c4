import ArgumentParser
import Foundation
import Gateway
import Logging
import Metrics
import Reconciliation
import UnixSignals

/// Runs the daemon.
struct Serve: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Run the daemon until SIGTERM or SIGINT; SIGHUP makes it read the TLS certificate and its key again.",
    discussion: """
      Settings come from flags, the environment, systemd credentials and the configuration file; the first that has one wins.

      \(Setting.allCases.map { "  \($0.rawValue)  (\($0.environmentVariable))" }.joined(separator: "\n"))

      Exit codes: 0 stopped as asked, 65 the database is newer than this program, 70 something failed, 73 the state directory
      cannot be used, 78 a setting is wrong.
      """)

  @OptionGroup var options: SettingsOptions

  func run() async throws {
    do {
      let settings = try await options.settings()
      let logger = log(settings, label: "mpesad")
      let metrics = PrometheusMetrics()
      MetricsSystem.bootstrap(metrics)
      let daemon = try await Daemon.open(
        settings, logger: logger, audit: log(settings, label: Audit.label), metrics: metrics)
      async let announced: Void = announce(daemon, logger)
      try await daemon.run(signals: [.sigterm, .sigint], reloads: true)
      try await announced
      logger.notice("Stopped.")
    } catch let code as ExitCode {
      throw code
    } catch {
      throw ExitStatus.report(error)
    }
  }

  private func log(_ settings: Settings, label: String) -> Logger {
    Logger(label: label) { StandardErrorLog(logLevel: settings.logLevel, format: settings.logFormat, label: $0) }
  }

  private func announce(_ daemon: Daemon, _ logger: Logger) async throws {
    let port = try await daemon.ready()
    logger.notice("Ready.", metadata: ["port": "\(port)"])
  }
}
