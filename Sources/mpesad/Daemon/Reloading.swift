import Gateway
import Reconciliation
import Systemd

/// Takes up what settings, certificates and keys have become while the daemon runs: all of it, or nothing.
///
/// First everything is read and checked, then everything is put in force, which cannot fail. Reloads and changes of the settings table are
/// carried out one after the other.
struct Reloading: Sendable {
  /// What is named in the settings and has to be read besides them.
  struct Part: Sendable {
    /// Reads and checks it. Nothing is changed yet. Nil where there is nothing to read.
    ///
    /// Gets the settings that are to be in force, and those that were read, which differ where a restart is needed.
    var prepare: @Sendable (_ settings: Settings, _ wanted: Settings) async throws -> Prepared?
  }

  /// What was read and is good.
  struct Prepared: Sendable {
    /// What it is, for people.
    var name: String
    /// Puts it in force.
    var commit: @Sendable () -> Void
  }

  /// Reads all settings but the table, and checks them.
  let read: @Sendable () async throws -> Settings
  let live: LiveSettings
  let parts: [Part]
  let audit: Audit
  /// Told that a reload begins and ends.
  let manager: any ServiceNotifying
  /// What stays to be said after a refusal, until a reload comes into force.
  let refusal = LastRefusal()

  /// Reads everything again.
  /// - Parameter who: a login name of this host, or ``Hangups/name``.
  /// - Returns: what came of it, or why everything is as it was.
  func reload(by who: String) async -> Result<ReloadReport, OperationError> {
    do {
      return try await live.turns.take {
        manager.notify(.reloading)
        let verdict = await verdict()
        switch verdict {
        case .success(let report):
          audit.reloaded(
            report.summary, takenUp: report.takenUp, needRestart: report.needRestart, by: who)
          self.refusal.replace(with: nil)
          manager.notify(.ready)
        case .failure(let refusal):
          audit.reloadRefused(refusal.description, by: who)
          self.refusal.replace(with: refusal.description)
          manager.notify(.ready, .status(refusal.description))
        }
        return verdict
      }
    } catch {
      // Only `CancellationError` is left, and a turn that has begun is finished.
      return .failure(OperationError(error))
    }
  }

  private func verdict() async -> Result<ReloadReport, OperationError> {
    do {
      return .success(try await carryOut())
    } catch {
      let kind: OperationError.Kind =
        ExitStatus.code(of: error) == ExitStatus.configuration ? .misconfigured : OperationError(error).kind
      return .failure(OperationError(kind, "Nothing was reloaded, what was in force stays in force: \(error)"))
    }
  }

  private func carryOut() async throws -> ReloadReport {
    let before = await live.table
    let wanted = try await read()
    let plan = try ReloadPlan(from: before.host, to: wanted)
    let after = try await live.candidate(over: plan.host)
    var prepared: [Prepared] = []
    for part in parts {
      if let part = try await part.prepare(after.settings, wanted) { prepared.append(part) }
    }

    await live.adopt(after)
    for part in prepared { part.commit() }
    return ReloadReport(
      read: [wanted.source.file.map { "the settings in \($0)" } ?? "the settings"] + prepared.map(\.name),
      takenUp: ReloadPlan.changes(from: before.settings, to: after.settings).map(\.rawValue),
      needRestart: plan.waiting.map(\.rawValue))
  }
}
