import Foundation
import Testing

@testable import mpesad

/// A command does its work in the daemon that has the state directory, and by itself where none runs.
@Suite struct OperationRunnerTests {
  struct Order: Decodable, Equatable {
    var orderId: Int64
    var amount: String
    var createdBy: String
    var createdAt: String
  }

  static func order(_ workspace: Workspace, _ reference: String) async throws -> CommandRun {
    try await CommandRun([
      "orders", "create", "--state", workspace.path, "--amount", "1500", "--reference", reference, "--json",
    ])
  }

  @Test func withoutADaemonTheCommandOpensTheStoreItself() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let made = try await Self.order(workspace, "A-1")
    #expect(made.status == 0, "\(made.messages)")
    let order = try made.json(Order.self)
    #expect(order.amount == "1500.00")
    #expect(order.createdAt.wholeMatch(of: /20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z/) != nil)
    let shown = try await CommandRun(["orders", "show", "1", "--state", workspace.path, "--json"])
    #expect(try shown.json(Order.self) == order)
  }

  @Test func withADaemonTheDaemonDoesIt() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let daemon = try MpesadProcess(["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"])
    _ = try await daemon.port()
    let made = try await Self.order(workspace, "A-1")
    #expect(made.status == 0, "\(made.messages)")
    let shown = try await CommandRun(["orders", "show", "1", "--state", workspace.path, "--json"])
    #expect(try shown.json(Order.self) == made.json(Order.self))
    let mode = try FileManager.default.attributesOfItem(atPath: workspace.path + "/admin.sock")[.posixPermissions]
    #expect((mode as? NSNumber)?.intValue == 0o600, "only its user and root may operate the daemon")

    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0)
    #expect(!FileManager.default.fileExists(atPath: workspace.path + "/admin.sock"))
    let afterwards = try await CommandRun(["orders", "show", "1", "--state", workspace.path, "--json"])
    #expect(try afterwards.json(Order.self) == made.json(Order.self), "what the daemon made is on the disk")
  }

  @Test func theSocketThatAKilledDaemonLeftBehindIsReplaced() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let killed = try MpesadProcess(["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"])
    _ = try await killed.port()
    _ = try await Self.order(workspace, "A-1")
    killed.signal(SIGKILL)
    #expect(try await killed.wait() == -SIGKILL)
    #expect(FileManager.default.fileExists(atPath: workspace.path + "/admin.sock"))
    let alone = try await CommandRun(["orders", "show", "1", "--state", workspace.path])
    #expect(alone.status == 0, "\(alone.messages)")

    let next = try MpesadProcess(["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"])
    _ = try await next.port()
    let heard = try await CommandRun(["orders", "show", "1", "--state", workspace.path])
    #expect(heard.status == 0, "\(heard.messages)")
    next.signal(SIGTERM)
    #expect(try await next.wait() == 0)
  }

  @Test func aStateDirectoryTooDeepForASocketIsToldAndTheDaemonRuns() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let deep = workspace.path + "/" + String(repeating: "d", count: 80)
    let daemon = try MpesadProcess(["serve", "--state", deep, "--listen", "127.0.0.1:0"])
    _ = try await daemon.port()
    let turnedAway = try await CommandRun(["orders", "show", "1", "--state", deep])
    #expect(turnedAway.status == 69)
    #expect(turnedAway.messages.contains("process \(daemon.pid)") && turnedAway.messages.contains("admin.sock"))
    #expect(daemon.said.contains("107") && daemon.said.contains("state_directory"))
    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0)
  }

  @Test func aCommandThatOnlyLooksLeavesNothingBehind() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let missing = workspace.path + "/nothing"
    let result = try await CommandRun(["orders", "show", "1", "--state", missing])
    #expect(result.status == 66)
    #expect(result.data.isEmpty && result.messages.contains(missing) && result.messages.contains("mpesad migrate"))
    #expect(!FileManager.default.fileExists(atPath: missing))
    let empty = try await CommandRun(["orders", "show", "1", "--state", workspace.path])
    #expect(empty.status == 66)
    #expect(try FileManager.default.contentsOfDirectory(atPath: workspace.path).isEmpty)
  }

  @Test(.enabled(if: Requirement.met(Requirement.isRoot), "only root can run a command as somebody else"))
  func anotherUserIsTurnedAwayByTheSocketsModeAndByTheDaemon() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let daemon = try MpesadProcess(["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"])
    _ = try await daemon.port()
    let socket = workspace.path + "/admin.sock"
    for (mode, says) in [(0o600, "as its user or as root"), (0o666, "nobody may not operate this daemon")] {
      try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: socket)
      let stranger = try MpesadProcess(
        ["orders", "create", "--amount", "1", "--reference", "A", "--state", workspace.path],
        through: ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"])
      #expect(try await stranger.wait() == 77, "\(stranger.said)")
      #expect(stranger.said.contains(says), "\(stranger.said)")
    }
    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0)
  }

  @Test func aDaemonOfAnotherVersionIsNamedAsSuch() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let daemon = try MpesadProcess(["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"])
    _ = try await daemon.port()
    let error = await #expect(throws: OperationError.self) {
      try await AdminClient(path: workspace.path + "/admin.sock").perform(FromTheFuture())
    }
    #expect(error?.kind == .unavailable && error?.description.contains("version") == true)
    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0)
  }

  struct FromTheFuture: mpesad.Operation {
    static let name = "from-the-future"
    func perform(at desk: OperatorDesk) async throws -> Bool { true }
  }
}
