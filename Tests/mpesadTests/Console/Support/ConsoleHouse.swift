import Daraja
import Gateway
import Logging
import Payments
import Reconciliation
import ServiceLifecycle
import Store
import Synchronization

@testable import mpesad

/// The real daemon with its console, in this process, on a port that the kernel chose. Its clock stands where a test puts it, and goes on from there.
struct ConsoleHouse: Sendable {
  private struct Running: Service {
    let daemon: Daemon
    func run() async throws { try await daemon.run() }
  }

  let daemon: Daemon
  let settings: Settings
  let port: Int
  let journal: AuditJournal
  private let lead: Lead

  /// How far the clock was put forward.
  private final class Lead: Sendable {
    private let began = Timing.system.now()
    private let added = Mutex<Microseconds>(0)
    var now: Microseconds { DeskRig.now + Timing.system.now() - began + added.withLock { $0 } }
    func add(_ time: Microseconds) { added.withLock { $0 += time } }
  }

  /// Runs it for as long as `body` takes.
  /// - Parameter flags: settings besides the state directory and the port.
  static func use(
    _ flags: [Setting: String] = [:], isOpen: Bool = true, _ body: (ConsoleHouse) async throws -> Void
  ) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let own: [Setting: String] = [
      .stateDirectory: workspace.path, .listen: "127.0.0.1:0", .console: isOpen ? "open" : "closed",
      .jwtStaffClaim: "is_staff", .spoolBytes: "65536",
    ]
    let settings = try Settings(
      try await SettingsSource(file: nil, environment: [:], flags: own.merging(flags) { $1 }))
    let (lead, journal) = (Lead(), AuditJournal())
    let silent = Logger(label: "house") { _ in SwiftLogNoOpLogHandler() }
    let system = Timing.system
    let daemon = try await Daemon.open(
      settings, timing: Timing(now: { lead.now }, sleep: system.sleep, chance: system.chance), logger: silent,
      audit: Logger(label: "audit") { _ in journal })
    let group = ServiceGroup(services: [Running(daemon: daemon)], logger: silent)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      let house = ConsoleHouse(
        daemon: daemon, settings: settings, port: try await daemon.ready(), journal: journal, lead: lead)
      let result: Result<Void, any Error>
      do { result = .success(try await body(house)) } catch { result = .failure(error) }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      try result.get()
    }
  }

  var store: SQLiteStore { daemon.store }
  var ledger: ExampleLedger { ExampleLedger(store: store) }

  /// Who these tests are, as the daemon's admin socket sees it.
  static let user = PeerUser.own.name

  /// Puts the clock forward.
  func pass(_ time: Microseconds) { lead.add(time) }

  /// A fresh one-time link's secret.
  func link(_ role: ConsoleRole = .operator) async throws -> String {
    try await AdminClient(path: OperationRunner.ownSocket(in: settings.stateDirectory))
      .perform(MakeConsoleLink(role: role))?.secret ?? ""
  }

  /// A token of the shop's own sign-in.
  func token(_ user: String = "7", isStaff: Bool = true, seconds: Int64 = 3_600) async throws -> String {
    let lead = lead
    return try await AccessKeys(settings).issuer(now: { lead.now })
      .token(user: user, lifetime: .seconds(seconds), staff: isStaff)
  }

  /// A browser where somebody has signed in.
  func visitor(_ role: ConsoleRole = .operator) async throws -> ConsoleBrowser {
    let browser = ConsoleBrowser(port: port)
    _ = try await browser.post("/console/login", "link=\(try await link(role))")
    return browser
  }

  /// What people did, the newest first.
  func trail() async throws -> [OperatorAction] { try await store.actions(before: nil, limit: 100) }
}
