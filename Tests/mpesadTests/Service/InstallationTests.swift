import Foundation
import Store
import Testing

@testable import mpesad

extension ServiceTests {
  /// From `dpkg --install` to the first answered callback, and what of it others can see.
  @Suite struct Installation {
    @Test func theFirstCallbackStartsItAndIsAnswered() async throws {
      try await PackagedService.use { service in
        try await service.machine.must("umount", PackagedService.state)
        try await service.machine.must("dpkg", "--purge", "mpesad")
        #expect(!FileManager.default.fileExists(atPath: service.machine.root + PackagedService.state))
        #expect(!FileManager.default.fileExists(atPath: service.machine.root + "/etc/mpesad"))
        try await service.machine.must("dpkg", "--install", "/tmp/mpesad.deb", within: 120)
        for socket in PackagedService.sockets {
          #expect(try await service.property("ActiveState", of: socket) == "active")
          #expect(try await service.property("UnitFileState", of: socket) == "enabled")
        }
        #expect(try await service.property("UnitFileState") == "enabled", "it starts with the machine")
        #expect(try await service.property("ActiveState") == "inactive", "nobody has asked for it")

        let answer = try await service.send("POST", "/api/payments/callbacks", body: "{}")
        #expect(answer.status == 200)
        #expect(try await service.property("ActiveState") == "active")
        let stored = try await service.machine.must("mpesad", "inbox", "list", "--json").text
        #expect(stored.contains("127.0.0.1"), "\(stored)")

        let owner = try await service.machine.must("stat", "--format", "%U:%G %a", PackagedService.state)
        #expect(owner.text == "mpesad:mpesad 700")
        let readable = try await service.machine.must("find", PackagedService.state, "-perm", "/077", "-type", "f")
        #expect(readable.text == "", "files that others may read")
        let admin = try await service.machine.must("stat", "--format", "%U:%G %a", "/run/mpesad/admin.sock")
        #expect(admin.text == "root:mpesad 660")
        try await service.systemctl("stop", PackagedService.unit)
        try await service.placeState()
      }
    }

    @Test func anOperatorReachesItAndNobodyElseDoes() async throws {
      try await PackagedService.use { service in
        _ = try await service.send("GET", "/healthz")
        let asked = try await service.machine.run("mpesad", "transactions", "list")
        #expect(asked.status == 0, "\(asked)")
        #expect(try await service.property("ActiveState") == "active")
        let stranger = try await service.machine.run(
          "setpriv", "--reuid", "nobody", "--regid", "nogroup", "--clear-groups", "mpesad", "transactions", "list")
        #expect(stranger.status != 0, "\(stranger)")
        let member = try await service.machine.run(
          "setpriv", "--reuid", "nobody", "--regid", "nogroup", "--groups", "mpesad", "mpesad", "transactions", "list")
        #expect(member.status == 0, "\(member)")
      }
    }

    /// Plain from /etc/credstore, sealed with the machine's own key from /etc/credstore.encrypted by a drop-in.
    @Test func credentialsReachItAndNothingElse() async throws {
      try await PackagedService.use { service in
        let plain = "plain-\(UUID().uuidString)"
        let sealed = "sealed-\(UUID().uuidString)"
        let key = "token-key-\(UUID().uuidString)"
        try service.machine.write("/etc/credstore/mpesa_consumer_key", plain, mode: 0o600)
        try service.machine.write("/etc/credstore/jwt_secret", key, mode: 0o600)
        try service.machine.write("/tmp/secret", sealed, mode: 0o600)
        try await service.machine.must("mkdir", "-p", "/etc/credstore.encrypted")
        try await service.machine.must("systemd-creds", "setup")
        try await service.machine.must(
          "systemd-creds", "encrypt", "--with-key=host", "--name=mpesa_consumer_secret", "/tmp/secret",
          "/etc/credstore.encrypted/mpesa_consumer_secret")
        service.machine.remove("/tmp/secret")
        try await service.extend(
          with: """
            [Service]
            LoadCredential=
            LoadCredential=mpesa_consumer_key
            LoadCredential=jwt_secret
            LoadCredentialEncrypted=mpesa_consumer_secret

            """)
        let answer = try await service.send("GET", "/readyz")
        #expect(answer.status == 200, "\(answer)")
        let known = try await service.machine.run("mpesad", "init-mpesa-settings", "--json")
        let settings = try JSONDecoder().decode(Known.self, from: Data(known.data.utf8)).settings
        for name in ["mpesa_consumer_key", "mpesa_consumer_secret"] {
          #expect(settings.contains { $0.name == name && $0.source == "credential" }, "\(known)")
        }
        let process = try await service.process()
        let seen = try await [
          "systemctl show": service.machine.must("systemctl", "show", PackagedService.unit).data,
          "systemctl cat": service.machine.must("systemctl", "cat", PackagedService.unit).data,
          "environment": String(contentsOfFile: "/proc/\(process)/environ", encoding: .utf8),
          "command line": String(contentsOfFile: "/proc/\(process)/cmdline", encoding: .utf8),
          "journal": service.journal().map { $0.fields.values.joined(separator: "\n") }.joined(separator: "\n"),
          "status": service.machine.run("systemctl", "status", PackagedService.unit).data,
          "settings": known.data,
        ]
        for (place, text) in seen {
          for secret in [plain, sealed, key] { #expect(!text.contains(secret), "a credential is in: \(place)") }
        }
      }
    }

    private struct Known: Decodable {
      struct Setting: Decodable { var name, source: String }
      var settings: [Setting]
    }

    @Test func theSandboxIsInForce() async throws {
      try await PackagedService.use { service in
        _ = try await service.send("GET", "/healthz")
        let process = try await service.process()
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        for line in [
          "NoNewPrivs:\t1", "Seccomp:\t2", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000",
          "CapPrm:\t0000000000000000", "CapAmb:\t0000000000000000",
        ] {
          #expect(status.contains(line + "\n"), "\(line)\n\(status)")
        }
        // Its own view of the files, whoever looks at it.
        let view = "/proc/\(process)/root"
        func canWrite(_ path: String) -> Bool {
          let file = open(view + path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
          guard file >= 0 else { return false }
          close(file)
          unlink(view + path)
          return true
        }
        #expect(canWrite(PackagedService.state + "/probe"), "the probe itself works")
        for path in [
          "/usr/probe", "/etc/probe", "/var/probe", "/var/lib/probe", "/opt/probe", "/proc/sys/kernel/panic",
        ] {
          #expect(!canWrite(path), "\(path) can be written to")
        }
        let devices = try FileManager.default.contentsOfDirectory(atPath: view + "/dev")
        #expect(devices.contains("null") && !devices.contains("tty1") && !devices.contains("mem"), "\(devices)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: view + "/root").isEmpty)
        let main = try await service.property("MainPID")
        let shell = try await service.machine.run(
          "nsenter", "--target", main, "--mount", "--", "/bin/sh", "-c", "exit 0")
        #expect(shell.status == 126, "a shell can be run inside: \(shell)")
      }
    }

    @Test func aStartSaysWhatItHasToAndNothingElse() async throws {
      try await PackagedService.use { service in
        let since = try await service.fromNow()
        _ = try await service.send("GET", "/healthz")
        try await service.systemctl("restart", PackagedService.unit)
        try await service.systemctl("stop", PackagedService.unit)
        let said = try await service.journal(since, "_SYSTEMD_UNIT=\(PackagedService.unit)")
        for entry in said {
          #expect(entry["_TRANSPORT"] == "journal", "not an entry of its own: \(entry)")
          #expect(entry["SYSLOG_IDENTIFIER"] == "mpesad", "\(entry.fields)")
        }
        #expect(said.map { $0.event ?? $0.message } == Self.life + Self.life, "\(said)")
      }
    }

    /// A start and a stop without settings; the line without an event tells which SQLite is linked.
    private static let life = ["started", "\(LinkedSQLite.summary).", "receive_only", "ready", "stopped"]
  }
}
