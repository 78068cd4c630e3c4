import Foundation
import Testing

@testable import mpesad

extension ServiceTests {
  /// What the timers start: a backup that can be put back, and a check that raises an alert.
  @Suite struct Maintenance {
    static let backups = PackagedService.state + "/backups"

    @Test func theTimersWaitForTheirTime() async throws {
      try await PackagedService.use { service in
        for timer in ["mpesad-backup.timer", "mpesad-check.timer"] {
          let states = try await [
            service.property("ActiveState", of: timer), service.property("UnitFileState", of: timer),
          ]
          #expect(states == ["active", "enabled"])
        }
      }
    }

    @Test func aBackupIsMadeBesideTheRunningServiceAndCanBePutBack() async throws {
      try await PackagedService.use { service in
        for _ in 0..<3 { _ = try await service.send("POST", "/api/payments/callbacks", body: "{}") }
        let before = try await service.process()
        try await service.systemctl("start", "mpesad-backup.service")
        #expect(try await service.process() == before, "the daemon was left alone")
        let name = try await service.machine.must("ls", Self.backups).text
        let backup = Self.backups + "/" + name
        #expect(name.hasSuffix(".db") && !name.contains("\n"), "\(name)")
        #expect(
          try await service.machine.must("stat", "--format", "%U:%G %a", backup).text == "mpesad:mpesad 600")
        _ = try await service.send("POST", "/api/payments/callbacks", body: "{}")
        #expect(try await deliveries(service) == 4)

        let early = try await service.machine.run("mpesad", "restore", "--yes", backup)
        #expect(early.status == 73, "under a running daemon: \(early)")
        try await service.systemctl("stop", "mpesad.socket", "mpesad-admin.socket", PackagedService.unit)
        try await service.machine.must("mpesad", "restore", "--yes", backup)
        try await service.systemctl("start", "mpesad.socket", "mpesad-admin.socket")
        #expect(try await deliveries(service) == 3)
        let owner = try await service.machine.must("stat", "--format", "%U:%G", PackagedService.state + "/mpesad.db")
        #expect(owner.text == "mpesad:mpesad", "root has put it back for the daemon")
      }
    }

    @Test func whatIsNotWellRaisesAnAlert() async throws {
      try await PackagedService.use { service in
        _ = try await service.send("GET", "/healthz")
        try service.machine.write(
          "/etc/mpesad/alert", "#!/bin/sh\nprintf '%s\\n' \"$1\" >> /run/alerted\n", mode: 0o700)
        let since = try await service.fromNow()
        try await service.systemctl("start", "mpesad-check.service")
        let before = try await alerts(service, since)
        #expect(before.isEmpty, "all is well")

        try await service.machine.must("chmod", "0644", PackagedService.state + "/callback.key")
        let check = try await service.machine.run("systemctl", "start", "mpesad-check.service")
        #expect(check.status != 0, "\(check)")
        try await service.waits(for: "the alert", within: 20) {
          FileManager.default.fileExists(atPath: service.machine.root + "/run/alerted")
        }
        let alerted = try await service.machine.must("cat", "/run/alerted").text
        #expect(alerted == "mpesad-check.service")
        let said = try await alerts(service, since)
        #expect(
          said.allSatisfy { $0["PRIORITY"] == "1" } && said.contains { $0.message.contains("mpesad-check.service") })
        #expect(said.contains { $0.message.contains("callback.key") }, "what is not well is in the alert: \(said)")
        service.machine.remove("/etc/mpesad/alert")
        try await service.machine.must("rm", "/run/alerted")
      }
    }

    @Test func aCheckStartsNothingThatWasStopped() async throws {
      try await PackagedService.use { service in
        _ = try await service.send("GET", "/healthz")
        try await service.systemctl("stop", PackagedService.unit)
        try await service.systemctl("start", "mpesad-check.service")
        #expect(try await service.property("ActiveState") == "inactive")
      }
    }

    private func alerts(_ service: PackagedService, _ since: String) async throws -> [JournalRecord] {
      try await service.journal(since, "--identifier=mpesad-alert")
    }

    private func deliveries(_ service: PackagedService) async throws -> Int {
      struct List: Decodable {
        struct Delivery: Decodable {}
        var deliveries: [Delivery]
      }
      let output = try await service.machine.must("mpesad", "inbox", "list", "--json")
      return try JSONDecoder().decode(List.self, from: Data(output.data.utf8)).deliveries.count
    }
  }
}
