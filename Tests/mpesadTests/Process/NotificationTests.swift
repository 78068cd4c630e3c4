import Foundation
import Testing

/// What the real program tells its service manager, message by message.
@Suite(.timeLimit(.minutes(2))) struct NotificationTests {
  @Test func fromStartToStop() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let manager = try ManagerSocket(in: workspace.path)
    let daemon = try MpesadProcess(
      ["serve", "--state", workspace.path, "--listen", "127.0.0.1:0"],
      environment: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "2000000"])
    let start = try #require(try await manager.messages(until: "READY=1"), "\(daemon.said)")
    #expect(start.first == "STATUS=Starting: opening the database")
    #expect(
      start.last?.contains("STATUS=nothing waiting; 0 in review; receiving only, not set: mpesa_consumer_key") == true)
    let port = try await daemon.port()
    let living = try #require(try await manager.messages(until: "WATCHDOG=1"))
    #expect(!living.contains { $0.contains("trigger") })

    _ = try await CommandRun(
      ["set-mpesa-credentials", "--business-shortcode", "174379", "--state", workspace.path])
    let changed = try #require(
      try await manager.messages(until: "not set: mpesa_consumer_key, mpesa_consumer_secret, mpesa_passkey"))
    #expect(changed.last?.hasPrefix("STATUS=") == true)

    daemon.signal(SIGTERM)
    let stop = try #require(try await manager.messages(until: "STOPPING=1"))
    #expect(stop.last == "STOPPING=1\nSTATUS=Stopping: finishing what is under way")
    #expect(try await daemon.wait() == 0, "\(daemon.said)")
    #expect(port > 0)
  }

  @Test func whyItFailed() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let manager = try ManagerSocket(in: workspace.path)
    let file = try workspace.file("file", "")
    let daemon = try MpesadProcess(
      ["serve", "--state", file + "/below", "--listen", "127.0.0.1:0"], environment: ["NOTIFY_SOCKET": manager.path])
    let messages = try #require(try await manager.messages(until: "ERRNO="))
    #expect(messages.last?.hasPrefix("STATUS=Failed: The state directory \(file)/below cannot be used") == true)
    #expect(messages.last?.hasSuffix("ERRNO=\(ENOTDIR)") == true)
    #expect(!messages.contains { $0.contains("READY") })
    #expect(try await daemon.wait() == 73)
  }
}
