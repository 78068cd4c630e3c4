import Foundation
import Synchronization

@testable import mpesad

/// One run of a scenario with the real program: a state directory, a daemon under supervision, a client and the faults.
final class FaultRun: Sendable {
  let scenario: FaultScenario
  let workspace: Workspace
  let state: String
  let control: FaultControl
  let daemon: SupervisedDaemon
  let client: FaultClient
  private let template: FaultTemplate
  /// Callbacks that were acknowledged while the fault was on.
  private let meanwhile = Atomic(0)

  private init(_ scenario: FaultScenario, _ template: FaultTemplate) throws {
    let library = try FaultLibrary.path()
    let workspace = try Workspace()
    let state = workspace.path + "/state"
    let cutsPower = scenario.blow == .powerCut
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    if scenario.moment != .firstStart { try template.copy(to: state) }
    let control = try FaultControl(
      path: workspace.path + "/control", directory: state, spoolName: template.spoolName)
    let daemon = SupervisedDaemon(
      arguments: FaultTemplate.arguments(state),
      environment: FaultTemplate.environment.merging(control.environment(library: library)) { mine, _ in mine },
      ended: { status in if cutsPower, status == -SIGKILL { try control.cutPower() } })
    self.scenario = scenario
    self.template = template
    self.workspace = workspace
    self.state = state
    self.control = control
    self.daemon = daemon
    client = FaultClient(template.load) { daemon.port }
  }

  /// Runs a scenario from an untouched state directory to the comparison, and removes everything again.
  static func outcome(
    of scenario: FaultScenario, meddling: @Sendable (FaultRun) throws -> Void = { _ in }
  ) async throws -> FaultOutcome {
    let run = try FaultRun(scenario, await FaultTemplate.template())
    defer { run.workspace.remove() }
    do {
      try await run.play()
      try meddling(run)
      let outcome = try await run.concluded()
      return outcome
    } catch {
      await run.client.finish()
      try await run.daemon.end(SIGKILL)
      throw error
    }
  }

  /// Which calls happen at a moment, without a fault.
  static func sites(at moment: FaultMoment) async throws -> Set<FaultSite> {
    let run = try FaultRun(FaultScenario(moment: moment), await FaultTemplate.template())
    defer { run.workspace.remove() }
    do {
      let sites = try await run.play()
      await run.client.finish()
      try await run.daemon.end(SIGKILL)
      return sites
    } catch {
      await run.client.finish()
      try await run.daemon.end(SIGKILL)
      throw error
    }
  }

  /// Leads up to the moment, switches the fault on, lets it work, strikes, and switches it off.
  /// - Returns: the sites that were met while the fault was on.
  @discardableResult
  private func play() async throws -> Set<FaultSite> {
    try await leadUp()
    let before = control.counts
    let acknowledged = client.ledger.count
    if let plan = scenario.plan { control.switchOn(plan) }
    control.switchOff(.trouble, when: scenario.moment == .recovery)
    switch scenario.moment {
    case .load, .spooling: try await Task.sleep(for: .milliseconds(450))
    case .recovery: try await Task.sleep(for: .milliseconds(600))
    case .stop: try await daemon.end(SIGTERM)
    case .start, .startAfterKill, .firstStart:
      daemon.start()
      try await workedFor(.milliseconds(400), within: .seconds(5))
    }
    if scenario.leavesTheSpool { try await takesSome(since: acknowledged) }
    meanwhile.store(client.ledger.count - acknowledged, ordering: .relaxed)
    let sites = control.counts.filter { $0.value > before[$0.key, default: 0] }
    if scenario.blow != .none, scenario.moment != .stop { try await strike() }
    control.switchOff()
    control.switchOff(.trouble)
    if scenario.moment == .stop { daemon.start() }
    return Set(sites.keys)
  }

  /// Waits until the spool has taken more than what was under way: a busy machine needs longer for that.
  private func takesSome(since acknowledged: Int) async throws {
    let end = ContinuousClock.now + .seconds(5)
    while client.ledger.count - acknowledged <= FaultClient.connections, ContinuousClock.now < end {
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  private func leadUp() async throws {
    if scenario.moment == .firstStart { return client.start() }
    daemon.start()
    try await daemon.serves()
    client.start()
    try await Task.sleep(for: .milliseconds(150))
    switch scenario.moment {
    case .load, .firstStart, .stop: break
    case .spooling, .recovery:
      let log = FaultSite(call: .pwrite, file: .log)
      control.switchOn(FaultPlan(site: log, kind: .error(ENOSPC)), as: .trouble)
      try await Task.sleep(for: .milliseconds(200))
    case .start: try await daemon.end(SIGTERM)
    case .startAfterKill: try await daemon.end(SIGKILL)
    }
  }

  /// SIGKILL while the fault is on. The supervisor starts it again only after that, with the fault switched off by then.
  private func strike() async throws { try await daemon.end(SIGKILL) }

  /// Waits until the daemon has served for a while, or could not.
  private func workedFor(_ duration: Duration, within limit: Duration) async throws {
    let end = ContinuousClock.now + limit
    while daemon.port == nil, ContinuousClock.now < end { try await Task.sleep(for: .milliseconds(10)) }
    try await Task.sleep(for: duration)
  }

  /// The cause is gone: the daemon must serve and settle again by itself. Then everything is counted.
  private func concluded() async throws -> FaultOutcome {
    var outcome = FaultOutcome()
    if scenario.blow != .none, scenario.moment != .stop { daemon.start() }
    outcome.standstill = try await daemon.standstill(of: client, within: .seconds(12))
    if scenario.blow == .killThenPowerCut, outcome.standstill == nil {
      try await Task.sleep(for: .milliseconds(80))
      try await daemon.end(SIGKILL)
      try control.cutPower()
      daemon.start()
      outcome.standstill = try await daemon.standstill(of: client, within: .seconds(12))
    }
    await client.finish()
    let settles = scenario.moment != .firstStart
    if settles, outcome.standstill == nil, try await !KillTests.settles(state, within: .seconds(10)) {
      outcome.standstill = "callbacks stay unsettled"
    }
    let ending = try await daemon.end(SIGTERM)
    if outcome.standstill == nil, ending != 0 { outcome.standstill = "it ends with \(ending ?? -1) at SIGTERM" }
    outcome.injected = control.injected()
    outcome.refused = client.refusals
    outcome.servedNobody = scenario.leavesTheSpool && meanwhile.load(ordering: .relaxed) <= FaultClient.connections
    outcome.endings = daemon.endings
    outcome.said = daemon.told
    try await outcome.compare(state, template.load, client.ledger, settles: settles)
    return outcome
  }
}

extension FaultControl {
  fileprivate func switchOff(_ place: Place, when condition: Bool) { if condition { switchOff(place) } }
}
