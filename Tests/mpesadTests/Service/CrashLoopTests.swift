import Foundation
import Testing

@testable import mpesad

extension ServiceTests {
  /// A service that cannot start: its sockets outlast that, and whoever comes meanwhile waits.
  @Suite struct CrashLoops {
    @Test func tenFailedStartsRefuseNobodyAndEndWithTheirCause() async throws {
      try await PackagedService.use { service in
        let load = try await service.seed(5_000)
        try service.machine.write(PackagedService.configuration, "listen_on: everything\n")
        let clients = service.post(load, clients: 8)
        try await service.waits(for: "ten starts have failed") { try await service.restarts() >= 10 }
        for socket in PackagedService.sockets {
          #expect(try await service.property("ActiveState", of: socket) == "active")
        }
        #expect(clients.met.acknowledged.isEmpty && clients.met.refused == 0, "\(clients.met)")
        let said = try await service.journal("-u", PackagedService.unit)
        #expect(said.contains { $0.message.contains("listen_on") }, "the setting that is wrong is named")

        try service.machine.write(PackagedService.configuration, "")
        try await clients.acknowledges(100)
        let met = try await clients.stop()
        expectNothingMissed(met)
        try await service.expectRows(of: met, load)
      }
    }

    @Test func theSocketsOutlastStartsThatFollowEachOtherAtOnce() async throws {
      try await PackagedService.use { service in
        try await service.extend(with: "[Service]\nRestartSec=20ms\n")
        let load = try await service.seed(2_000)
        try service.machine.write(PackagedService.configuration, "listen_on: everything\n")
        let clients = service.post(load, clients: 8)
        try await service.waits(for: "forty starts have failed") { try await service.restarts() >= 40 }
        for socket in PackagedService.sockets {
          #expect(try await service.property("ActiveState", of: socket) == "active")
        }
        try service.machine.write(PackagedService.configuration, "")
        try await clients.acknowledges(60)
        expectNothingMissed(try await clients.stop())
      }
    }
  }
}
