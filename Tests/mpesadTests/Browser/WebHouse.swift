import Daraja
import DarajaSimulator
import Logging
import Payments
import ServiceLifecycle
import Store
import Testing

@testable import mpesad

/// The daemon with both its web faces, and a local Daraja, in this process: what the browser's tests look at.
///
/// Safaricom and its shoppers are fast (``pace``), while the checkout's own times are those of life. What a page shows of another moment is
/// made by dating it back: see ``prompted(_:phone:secondsAgo:)``.
struct WebHouse: Sendable {
  /// How fast Safaricom, its shoppers and our questions are: a shopper enters the PIN after 150 ms.
  static let pace = 0.05
  static let merchant = "Duka la Asha"

  let simulator: DarajaSimulator
  let daemon: Daemon
  /// `http://127.0.0.1:<port>`
  let baseURL: String
  /// Where the merchant's own pages are, for success and cancel addresses: another origin, which answers any path with a 404.
  let shopURL: String

  var store: SQLiteStore { daemon.store }
  var port: Int { daemon.live.current.listenPort }

  /// Runs both for as long as `body` takes.
  /// - Parameter settings: what is set otherwise than for the demo.
  static func use(
    pace: Double = pace, settings: [Setting: String] = [:], _ body: @escaping @Sendable (WebHouse) async throws -> Void
  ) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let quiet = Logger(label: "web house") { _ in SwiftLogNoOpLogHandler() }
    var configuration = SimulatorConfiguration()
    configuration.pace = pace
    let simulator = try DarajaSimulator(configuration, logger: quiet)
    let (houses, opened) = AsyncStream<DemoHouse>.makeStream()
    let standing: [Setting: String] = [
      .console: "open", .merchantName: merchant, .promptLifetime: "120",
      .rateLimitUser: "0", .rateLimitPhone: "0", .rateLimitAddress: "0",
    ]
    let housed = HousedDaemon(
      pace: DemoPace(factor: pace), simulator: simulator, stateDirectory: workspace.path, logger: quiet, opened: opened,
      settings: standing.merging(settings) { $1 })
    let group = ServiceGroup(services: [simulator, housed], logger: quiet)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      let open = try #require(await houses.first { _ in true }, "the daemon stopped before it listened")
      _ = try await open.daemon.ready()
      let house = WebHouse(
        simulator: simulator, daemon: open.daemon, baseURL: open.daemonURL,
        shopURL: open.daemonURL.replacing("127.0.0.1", with: "localhost") + "/shop")
      let result: Result<Void, any Error>
      do { result = .success(try await body(house)) } catch { result = .failure(error) }
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      try result.get()
    }
  }

  /// Has the daemon perform an operation, as a command does.
  func perform<Wanted: mpesad.Operation>(_ operation: Wanted) async throws -> Wanted.Answer {
    let socket = OperationRunner.ownSocket(in: daemon.live.current.stateDirectory)
    return try #require(try await AdminClient(path: socket).perform(operation), "nobody listens at the admin socket")
  }

  /// A link into the console that works once: open it, and press "Sign in". One address may sign in ten times a minute.
  func consoleLink(_ role: ConsoleRole = .operator) async throws -> String {
    try await perform(MakeConsoleLink(role: role)).text(at: baseURL)
  }

  /// An order, and where it is paid.
  struct Placed: Sendable {
    var id: OrderID
    /// The checkout page, in English.
    var url: String
    /// The same in the browser's language.
    var plainURL: String
  }

  /// Makes an order.
  /// - Parameter isPast: whether its page takes no payment any more.
  func order(
    amount: String = "1500", reference: String = "INV-1042", description: String = "Two solar lamps",
    success: String? = nil, cancel: String? = nil, isPast: Bool = false
  ) async throws -> Placed {
    let lifetime = isPast ? -Self.second : 3_600 * Self.second
    let order = try await store.createOrder(
      NewOrder(
        amount: try #require(Amount(amount)), description: description, reference: reference, createdBy: "7",
        checkout: CheckoutTerms(expiresAt: now + lifetime, successURL: success, cancelURL: cancel)), at: now)
    return try await placed(order.id)
  }

  /// Where an order is paid.
  func placed(_ id: OrderID) async throws -> Placed {
    let url = try #require(try await perform(ShowOrder(order: id.number)).checkoutURL)
    return Placed(id: id, url: url + "?lang=en", plainURL: url)
  }
}
