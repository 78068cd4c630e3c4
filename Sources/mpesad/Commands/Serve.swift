import ArgumentParser
import Foundation
import Gateway
import Logging
import Metrics
import Reconciliation
import Store
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
      cannot be used, or a sync failed and a new start finds out what the disk has, 78 a setting is wrong.
      """)

  @OptionGroup var options: SettingsOptions

  func run() async throws {
    do {
      let passed = try ListeningSockets.passed()
      let hangups = await Hangups()
      let settings = try await options.settings()
      let threshold = LogThreshold(settings.logLevel)
      let logger = ServiceLog.logger(settings, threshold, label: "mpesad")
      let version = Mpesad.version
      logger.audit(.started, "mpesad \(version) starts.", [.version: version])
      logger.info("\(LinkedSQLite.summary).")
      let supervision = Supervision(logger: logger)
      let sockets = try DaemonSockets(passed)
      tell(logger, where: sockets, instead: settings)
      let metrics = PrometheusMetrics()
      MetricsSystem.bootstrap(metrics)
      let daemon = try await supervision.starting {
        try await Daemon.open(
          settings, sockets: sockets, logger: logger,
          audit: ServiceLog.logger(settings, threshold, label: Audit.label), metrics: metrics,
          rereading: options.places.settings, manager: supervision.notifier)
      }
      await daemon.live.onChange { threshold.change(to: $0.logLevel) }
      // Reloads that are asked for meanwhile come after it: they would tell the manager that all is ready.
      let announcement = await daemon.live.turns.begin { try await announce(daemon, supervision, logger) }
      try await daemon.run(signals: [.sigterm, .sigint], hangups: hangups, supervision: supervision)
      try await announcement.value
      logger.audit(.stopped, "Stopped.")
    } catch let code as ExitCode {
      throw code
    } catch {
      throw ServiceLog.report(error)
    }
  }

  /// The socket unit decides where the daemon is heard; a setting that says otherwise would be believed.
  private func tell(_ logger: Logger, where sockets: DaemonSockets, instead settings: Settings) {
    guard let listen = settings.source.text(.listen), let addresses = sockets.addresses(insteadOf: listen) else {
      return
    }
    logger.notice(
      "The setting listen does not count: systemd passed a socket. Change ListenStream= with `systemctl edit mpesad.socket`.",
      metadata: ["listen": "\(listen)", "address": "\(addresses)"])
  }

  private func announce(_ daemon: Daemon, _ supervision: Supervision, _ logger: Logger) async throws {
    let port = try await daemon.ready()
    supervision.notifier.notify(.ready, .status(await daemon.status()))
    logger.audit(.ready, "Ready.", [.port: "\(port)"])
  }
}
