import Foundation
import Testing

@testable import mpesad

extension ServiceTests {
  /// Whoever hangs is started again, whoever is merely busy never is. `WatchdogSec` is two seconds here, so that it can be waited for.
  @Suite struct Watchdog {
    private static let short = "[Service]\nWatchdogSec=2s\n"

    @Test func aStoppedProcessIsStartedAgain() async throws {
      try await PackagedService.use { service in
        try await service.extend(with: Self.short)
        let since = try await service.fromNow()
        let load = try await service.seed(20_000)
        let clients = service.post(load)
        try await clients.acknowledges(50)
        let process = try await service.process()
        #expect(kill(process, SIGSTOP) == 0)
        try await service.waits(for: "it is started again") { try await service.restarts() == 1 }
        try await clients.acknowledges(50)
        let met = try await clients.stop()
        #expect(met.refused == 0 && met.answers.isEmpty && met.failures.isEmpty, "\(met)")
        #expect(try await service.process() != process)
        #expect(try await service.watchdogBarks(since: since))
        try await service.expectRows(of: met, load)
      }
    }

    @Test(.enabled(if: Requirement.met(Requirement.strace != nil), "strace is not installed"))
    func aWriterThatTheDiskHoldsUpIsStartedAgain() async throws {
      try await PackagedService.use { service in
        try await service.extend(with: Self.short)
        let since = try await service.fromNow()
        let load = try await service.seed(20_000)
        let clients = service.post(load)
        try await clients.acknowledges(50)
        let process = try await service.process()
        // A disk that takes a minute for each sync: only who syncs is held up, everything else goes on.
        let disk = try MachineCommand([
          try #require(Requirement.strace), "--quiet=all", "-f", "-p", "\(process)", "-o", "/dev/null", "-e",
          "trace=fdatasync,fsync", "-e", "inject=fdatasync,fsync:delay_enter=60s",
        ])
        try await service.waits(for: "the watchdog has seen it") { try await service.watchdogBarks(since: since) }
        // No process ends while the disk holds one of its threads.
        disk.signal(SIGKILL)
        try await service.waits(for: "it is started again") { try await service.restarts() == 1 }
        try await clients.acknowledges(50)
        let met = try await clients.stop()
        #expect(met.refused == 0 && met.failures.isEmpty, "\(met)")
        #expect(try await service.watchdogBarks(since: since))
        try await service.expectRows(of: met, load)
      }
    }

    @Test func aBusyOneIsLeftAlone() async throws {
      try await PackagedService.use { service in
        try await service.extend(with: Self.short)
        let load = try await service.seed(150_000)
        let clients = service.post(load, clients: 32, keepsAlive: true, pause: 0)
        try await clients.acknowledges(50)
        let process = try await service.process()
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .seconds(7) {
          try await clients.acknowledges(1)
          try await Task.sleep(for: .milliseconds(100))
        }
        let met = try await clients.stop()
        expectNothingMissed(met)
        #expect(try await service.restarts() == 0)
        #expect(try await service.process() == process)
        try await service.expectRows(of: met, load)
        #expect(try await service.restarts() == 0, "settling it all was too much")
      }
    }
  }
}

extension PackagedService {
  /// Whether systemd has said since then that the watchdog is why it ends the service.
  fileprivate func watchdogBarks(since: String) async throws -> Bool {
    try await journal(since, "_PID=1").contains { $0.message.contains("Watchdog") }
  }
}
