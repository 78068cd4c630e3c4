import Foundation
import Testing

@testable import mpesad

extension ServiceTests {
  /// The package is replaced while shops sell.
  @Suite struct Upgrades {
    @Test(arguments: [false, true]) func upAndDownUnderLoadRefusesNobody(keepsAlive: Bool) async throws {
      try await PackagedService.use { service in
        let newer = try await service.package(called: "99.0.0")
        let load = try await service.seed(80_000)
        let clients = service.post(load, keepsAlive: keepsAlive)
        try await clients.acknowledges(50)
        var process = try await service.process()
        for package in [newer, "/tmp/mpesad.deb", newer, "/tmp/mpesad.deb"] {
          try await service.machine.must("dpkg", "--install", package, within: 120)
          try await clients.acknowledges(50)
          let next = try await service.process()
          #expect(next != process, "\(package) was installed and the old program goes on")
          process = next
        }
        let met = try await clients.stop()
        expectNothingMissed(met)
        try await service.expectRows(of: met, load)
      }
    }

    /// The older package is this one without the last of the migrations that it can read.
    @Test func anOlderOneIsNotPutOverADatabaseThatItCannotRead() async throws {
      try await PackagedService.use { service in
        let installed = try await service.version()
        let older = try await service.package(called: "0.0.1") { folder in
          let script = folder + "/DEBIAN/preinst"
          let text = try service.machine.read(script)
          let known = try #require(text.firstMatch(of: /\nreadable="(.*) ([^ ]+)"\n/))
          try service.machine.write(
            script, text.replacing("readable=\"\(known.1) \(known.2)\"", with: "readable=\"\(known.1)\""), mode: 0o755)
          return String(known.2)
        }
        let load = try await service.seed(20_000)
        let clients = service.post(load)
        try await clients.acknowledges(50)

        let refused = try await service.machine.run("dpkg", "--install", older.path)
        #expect(refused.status != 0)
        #expect(
          refused.messages.contains("cannot read this machine's database")
            && refused.messages.contains(older.migration),
          "\(refused)")
        try await clients.acknowledges(50)
        #expect(try await service.version() == installed)
        #expect(
          try await service.machine.must("dpkg-query", "--show", "--showformat", "${Status}", "mpesad").text
            == "install ok installed")
        #expect(try await service.restarts() == 0)
        let met = try await clients.stop()
        expectNothingMissed(met)
        try await service.expectRows(of: met, load)
      }
    }

    /// Forced upon it all the same, the program itself leaves the database alone, and says so.
    @Test func anOlderProgramLeavesANewerDatabaseAlone() async throws {
      try await PackagedService.use { service in
        let load = try await service.seed(20_000)
        let clients = service.post(load)
        try await clients.acknowledges(100)
        let met = try await clients.stop()
        try await service.expectRows(of: met, load)
        try await service.systemctl("stop", PackagedService.unit)
        try await service.noteMigration("9999-of-the-future")
        let before = try await service.machine.must("sha256sum", PackagedService.state + "/mpesad.db").text

        let since = try await service.fromNow()
        try await service.systemctl("start", "--no-block", PackagedService.unit)
        try await service.waits(for: "two starts have failed") { try await service.restarts() >= 2 }
        let said = try await service.journal(since, "-u", PackagedService.unit)
        #expect(said.contains { $0.message.contains("status=65") }, "\(said)")
        #expect(said.contains { $0.message.contains("9999-of-the-future") }, "what is newer is named: \(said)")
        #expect(try await service.property("ActiveState", of: "mpesad.socket") == "active")
        try await service.systemctl("stop", PackagedService.unit)
        #expect(try await service.machine.must("sha256sum", PackagedService.state + "/mpesad.db").text == before)

        // With the program that knows it, everything goes on.
        try await service.forgetMigration("9999-of-the-future")
        let waiting = try await service.send("POST", "/api/payments/callbacks", body: "{}")
        #expect(waiting.status == 200)
        try await service.expectRows(of: met, load)
      }
    }
  }
}

extension PackagedService {
  func version() async throws -> String {
    try await machine.must("dpkg-query", "--show", "--showformat", "${Version}", "mpesad").text
  }

  /// The same package under another number.
  func package(called version: String) async throws -> String {
    try await package(called: version) { _ in "" }.path
  }

  /// The same package under another number, with something in it changed.
  func package(
    called version: String, _ change: (String) throws -> String
  ) async throws -> (path: String, migration: String) {
    let folder = "/tmp/package-\(version)"
    machine.remove(folder)
    try await machine.must("dpkg-deb", "--raw-extract", "/tmp/mpesad.deb", folder)
    let control = folder + "/DEBIAN/control"
    try machine.write(
      control, try machine.read(control).replacing(/\nVersion: .*\n/, with: "\nVersion: \(version)\n"))
    let changed = try change(folder)
    let path = folder + ".deb"
    try await machine.must("dpkg-deb", "-Zgzip", "-z1", "--root-owner-group", "--build", folder, path)
    return (path, changed)
  }
}
