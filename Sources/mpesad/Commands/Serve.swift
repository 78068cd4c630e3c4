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
    abstract: "Run the daemon until SIGTERM or SIGINT; SIGHUP makes it read its settings, certificate and keys again.",
    discussion: """
      Settings come from flags, the environment, systemd credentials and the configuration file; the first that has one wins.

      A wrong setting of the merchant's (mpesa_...) is told in the log: callbacks are received and nothing is sent until it is mended. Any other
      wrong setting ends the start. `mpesad reload` and SIGHUP take up changes of all but these, which need a restart: \
      \(Setting.allCases.filter { !$0.isLive }.map(\.rawValue).joined(separator: ", ")).

      \(Setting.allCases.map { "  \($0.rawValue)  (\($0.environmentVariable))" }.joined(separator: "\n"))

      Exit codes: 0 stopped as asked, 65 the database is newer than this program, 70 something failed, 73 the state directory
      cannot be used, 78 a setting is wrong.
      """)

  @OptionGroup var options: SettingsOptions

  func run() async throws {
    do {
      let hangups = await Hangups()
      let places = options.places
      let settings = try Settings(leavingOutFaultsOf: try await places.source())
      let threshold = LogThreshold(settings.logLevel)
      let logger = ServiceLog.logger(settings, threshold, label: "mpesad")
      let version = Mpesad.configuration.version
      logger.audit(.started, "mpesad \(version) starts.", [.version: version])
      let manager = SystemdNotifier(logger: logger)
      let metrics = PrometheusMetrics()
      MetricsSystem.bootstrap(metrics)
      let daemon = try await Daemon.open(
        settings, logger: logger, audit: ServiceLog.logger(settings, threshold, label: Audit.label), metrics: metrics,
        rereading: places.settings, manager: manager)
      await daemon.live.onChange { threshold.change(to: $0.logLevel) }
      // Reloads that are asked for meanwhile come after it: they would tell the manager that all is ready.
      let announcement = await daemon.live.turns.begin { try await announce(daemon, manager, logger) }
      try await daemon.run(signals: [.sigterm, .sigint], hangups: hangups)
      try await announcement.value
      logger.audit(.stopped, "Stopped.")
    } catch let code as ExitCode {
      throw code
    } catch {
      throw ExitStatus.report(error)
    }
  }

  private func announce(_ daemon: Daemon, _ manager: any ServiceNotifying, _ logger: Logger) async throws {
    let port = try await daemon.ready()
    manager.notify(.ready)
    logger.audit(.ready, "Ready.", [.port: "\(port)"])
  }
}
