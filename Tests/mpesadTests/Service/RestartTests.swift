import Foundation
import Testing

@testable import mpesad

extension ServiceTests {
  /// systemd holds the sockets: whatever becomes of the process, nobody is refused, and what was acknowledged is there.
  @Suite struct Restarts {
    @Test(arguments: [false, true]) func twentyRestartsUnderLoadRefuseNobody(keepsAlive: Bool) async throws {
      try await PackagedService.use { service in
        let load = try await service.seed(80_000)
        let clients = service.post(load, keepsAlive: keepsAlive)
        try await clients.acknowledges(50)
        for _ in 1...20 {
          try await service.systemctl("restart", PackagedService.unit)
          try await clients.acknowledges(20)
        }
        let met = try await clients.stop()
        expectNothingMissed(met)
        #expect(try await service.restarts() == 0, "somebody else has started it, too")
        try await service.expectRows(of: met, load)
      }
    }

    @Test(arguments: [false, true]) func stoppedTheSocketWaitsAndStartsIt(keepsAlive: Bool) async throws {
      try await PackagedService.use { service in
        let load = try await service.seed(40_000)
        let clients = service.post(load, keepsAlive: keepsAlive)
        try await clients.acknowledges(50)
        for _ in 1...3 {
          try await service.systemctl("stop", PackagedService.unit)
          try await clients.acknowledges(50)
          try await service.systemctl("stop", PackagedService.unit)
          try await service.systemctl("start", PackagedService.unit)
          try await clients.acknowledges(50)
        }
        let met = try await clients.stop()
        expectNothingMissed(met)
        try await service.expectRows(of: met, load)
      }
    }

    /// What the others rely on: these clients do notice when nobody listens.
    @Test func withoutItsSocketsClientsAreRefused() async throws {
      try await PackagedService.use { service in
        let load = try await service.seed(20_000)
        let clients = service.post(load)
        try await clients.acknowledges(50)
        try await service.systemctl("stop", "mpesad.socket", "mpesad-admin.socket", PackagedService.unit)
        try await service.waits(for: "somebody is refused") { clients.met.refused > 0 }
        try await service.systemctl("start", "mpesad.socket", "mpesad-admin.socket")
        try await clients.acknowledges(50)
        let met = try await clients.stop()
        try await service.expectRows(of: met, load)
      }
    }

    @Test func fiveKillsUnderLoadRefuseNobodyAndLoseNothing() async throws {
      try await PackagedService.use { service in
        let load = try await service.seed(40_000)
        let clients = service.post(load)
        try await clients.acknowledges(50)
        for round in 1...5 {
          try await service.systemctl("kill", "--signal", "KILL", PackagedService.unit)
          try await service.waits(for: "restart \(round)") { try await service.restarts() == round }
          try await clients.acknowledges(50)
        }
        let met = try await clients.stop()
        #expect(met.refused == 0 && met.answers.isEmpty && met.failures.isEmpty, "\(met)")
        // A kill takes with it what it was about to answer; of that nothing was acknowledged.
        #expect(met.broken <= 5 * 16, "\(met)")
        try await service.expectRows(of: met, load)
      }
    }
  }
}

/// That every callback was answered 200, and on the first try.
func expectNothingMissed(_ met: ServiceLoad.Tally, sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(met.refused == 0, "\(met)", sourceLocation: sourceLocation)
  #expect(met.broken == 0, "\(met)", sourceLocation: sourceLocation)
  #expect(met.answers.isEmpty, "\(met)", sourceLocation: sourceLocation)
  #expect(met.failures.isEmpty, "\(met)", sourceLocation: sourceLocation)
}
