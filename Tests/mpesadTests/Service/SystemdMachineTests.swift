import Foundation
import Testing

/// The machine that the other tests trust: what happens in it stays in it, and nothing of it outlives its owner.
@Suite(
  .enabled(if: Requirement.met(PackagedService.canBeTested), "needs root, systemd, and MPESAD_DEB"), .serialized,
  .timeLimit(.minutes(2)))
struct SystemdMachineTests {
  @Test func itIsAMachineOfItsOwn() async throws {
    try await SystemdMachine.use { machine in
      #expect(try machine.read("/proc/1/comm") == "systemd\n")
      #expect(try await machine.run("false").status == 1)
      #expect(try await machine.must("hostname").text == "machine")
      #expect(try await machine.run("sh", "-c", "echo said; echo failed >&2; exit 7").status == 7)
      try machine.write("/etc/probe", "here")
      #expect(try await machine.must("cat", "/etc/probe").text == "here")
      #expect(!FileManager.default.fileExists(atPath: "/etc/probe"))
      #expect(try await machine.run("sysctl", "-w", "kernel.panic=1").status != 0, "it may not change this kernel")
      let links = try await machine.must("cat", "/proc/net/dev").text
      #expect(links.split(separator: "\n").count == 3 && links.contains("lo:"), "\(links)")
      let units = try await machine.must("systemctl", "list-units", "--plain", "--no-legend", "--type=service").text
      #expect(units.split(separator: "\n").count == 1 && units.contains("systemd-journald.service"), "\(units)")
      try await machine.must("systemd-cat", "--identifier=probe", "echo", "a line")
      try await machine.must("journalctl", "--sync")
      #expect(try await machine.must("journalctl", "-q", "-o", "cat", "-t", "probe").text == "a line")
    }
  }

  @Test func clientsInItsNetworkMeetNobodyOfThisOne() async throws {
    try await SystemdMachine.use { machine in
      await #expect(throws: MachineConnection.Failure.refused) {
        try await machine.network.inside { _ = try MachineConnection(to: 9) }
      }
    }
  }

  @Test func nothingOutlivesAnOwnerThatIsKilled() async throws {
    let owner = Process()
    owner.executableURL = URL(fileURLWithPath: "/bin/sleep")
    owner.arguments = ["600"]
    try owner.run()
    var left: SystemdMachine?
    try await SystemdMachine.use(ownedBy: owner.processIdentifier) { machine in
      try machine.write("/usr/local/bin/probe", "#!/bin/sh\nexec sleep 600\n", mode: 0o755)
      try await machine.must("systemd-run", "/usr/local/bin/probe")
      left = machine
      kill(owner.processIdentifier, SIGKILL)
      owner.waitUntilExit()
      try await machine.ended()
    }
    let machine = try #require(left)
    #expect(kill(machine.initial, 0) == -1 && errno == ESRCH, "process 1 lives on")
    #expect(!FileManager.default.fileExists(atPath: machine.directory))
    let mounts = try String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8)
    #expect(!mounts.contains(machine.directory))
    let groups = FileManager.default.enumerator(atPath: "/sys/fs/cgroup")?.compactMap { $0 as? String } ?? []
    #expect(
      !groups.contains { $0.hasSuffix("mpesad-machine.\(machine.guardian)") },
      "\(groups.filter { $0.contains("mpesad") })")
  }
}
