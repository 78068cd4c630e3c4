import ArgumentParser
import Foundation
import Gateway
import Logging
import Metrics
import Reconciliation
import Systemd
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
      let logger = ServiceLog.logger(settings, label: "mpesad")
      let version = Mpesad.configuration.version
      logger.audit(.started, "mpesad \(version) starts.", [.version: version])
      let metrics = PrometheusMetrics()
      MetricsSystem.bootstrap(metrics)
      let daemon = try await Daemon.open(
        settings, logger: logger, audit: ServiceLog.logger(settings, label: Audit.label), metrics: metrics)
      async let announced: Void = announce(daemon, logger)
      try await daemon.run(signals: [.sigterm, .sigint], reloads: true)
      try await announced
      logger.audit(.stopped, "Stopped.")
    } catch let code as ExitCode {
      throw code
    } catch {
      throw ExitStatus.report(error)
    }
  }

  private func announce(_ daemon: Daemon, _ logger: Logger) async throws {
    let port = try await daemon.ready()
    SystemdNotifier(logger: logger).notify(.ready)
    logger.audit(.ready, "Ready.", [.port: "\(port)"])
  }
}
