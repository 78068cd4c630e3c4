import Foundation
import Testing

@testable import mpesad

/// The sockets are somebody else's, as under systemd: daemons come and go, and nobody is turned away.
@Suite(.serialized, .timeLimit(.minutes(3))) struct SocketActivationTests {
  @Test(arguments: [false, true]) func restartsUnderLoadRefuseNobodyAndBreakNothing(keepsAlive: Bool) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let load = try await KillTests.seed(workspace.path, 60_000)
    let socket = try PassedSocket.http()
    defer { socket.close() }
    let clients = SteadyClient(load, port: socket.port, keepsAlive: keepsAlive)
    clients.start(8)
    for _ in 1...4 {
      let daemon = try MpesadProcess(["serve", "--state", workspace.path], sockets: [socket])
      #expect(try await daemon.port() == socket.port)
      try await Task.sleep(for: .milliseconds(300))
      daemon.signal(SIGTERM)
      #expect(try await daemon.wait() == 0, "\(daemon.said.suffix(1_000))")
    }
    let last = try MpesadProcess(["serve", "--state", workspace.path], sockets: [socket])
    _ = try await last.port()
    await clients.finish()
    #expect(clients.lost == [:])
    #expect(clients.refusals == 0)
    #expect(clients.ledger.count > 200, "too little load to mean anything")
    last.signal(SIGTERM)
    #expect(try await last.wait() == 0)
    try await KillTests.checkAllSettled(workspace.path, load, clients.ledger)
  }

  @Test func aKilledDaemonLeavesTheSocketToTheNext() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let load = try await KillTests.seed(workspace.path, 20_000)
    let socket = try PassedSocket.http()
    defer { socket.close() }
    let clients = SteadyClient(load, port: socket.port, keepsAlive: false)
    clients.start(8)
    for _ in 1...3 {
      let daemon = try MpesadProcess(["serve", "--state", workspace.path], sockets: [socket])
      _ = try await daemon.port()
      try await Task.sleep(for: .milliseconds(200))
      daemon.signal(SIGKILL)
      #expect(try await daemon.wait() == -SIGKILL)
    }
    let last = try MpesadProcess(["serve", "--state", workspace.path], sockets: [socket])
    _ = try await last.port()
    await clients.finish()
    #expect(clients.lost[.refused] == nil)
    last.signal(SIGTERM)
    #expect(try await last.wait() == 0)
    try await KillTests.checkAllSettled(workspace.path, load, clients.ledger)
  }

  @Test(.enabled(if: Requirement.met(Requirement.isRoot), "only root can run a command as somebody else"))
  func theAdminSocketsOwnModeDecidesWhoOperatesTheDaemon() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: workspace.path)
    let http = try PassedSocket.http()
    // Named as the state directory's own, since that is where a command looks.
    let path = workspace.path + "/admin.sock"
    let admin = try PassedSocket.admin(path, mode: 0o666)
    defer { for socket in [http, admin] { socket.close() } }
    let daemon = try MpesadProcess(["serve", "--state", workspace.path], sockets: [http, admin])
    _ = try await daemon.port()
    let command = ["orders", "create", "--amount", "1", "--reference", "A", "--state", workspace.path]
    let nobody = ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    let admitted = try MpesadProcess(command, through: nobody)
    #expect(try await admitted.wait() == 0, "\(admitted.said)")
    #expect(chmod(path, 0o660) == 0)
    let turnedAway = try MpesadProcess(command, through: nobody)
    #expect(try await turnedAway.wait() == 77, "\(turnedAway.said)")
    daemon.signal(SIGTERM)
    #expect(try await daemon.wait() == 0)
    #expect(FileManager.default.fileExists(atPath: path), "it is not the daemon's to remove")
  }

  @Test func aSettingThatSaysAnotherAddressIsSaidNotToCount() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let socket = try PassedSocket.http()
    defer { socket.close() }
    for (listen, isTold) in [("127.0.0.1:1", true), ("127.0.0.1:\(socket.port)", false)] {
      let daemon = try MpesadProcess(
        ["serve", "--state", workspace.path, "--listen", listen], sockets: [socket])
      #expect(try await daemon.port() == socket.port)
      #expect(daemon.said.contains("ListenStream=") == isTold, "\(daemon.said)")
      daemon.signal(SIGTERM)
      #expect(try await daemon.wait() == 0)
    }
  }

  @Test func aSocketThatNobodyKnowsIsAMistakeInTheUnit() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let socket = try PassedSocket.http()
    defer { socket.close() }
    let daemon = try MpesadProcess(["serve", "--state", workspace.path], sockets: [socket.named("metrics")])
    #expect(try await daemon.wait() == 78)
    #expect(daemon.said.contains("\"metrics\"") && daemon.said.contains("FileDescriptorName="), "\(daemon.said)")
  }
}
