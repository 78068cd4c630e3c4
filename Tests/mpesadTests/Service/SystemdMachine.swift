import Foundation
import Testing

@testable import mpesad

/// A real systemd with a journal of its own, as process 1 of its own namespaces, booted by `boot-machine` for as long as it is wanted or this
/// process lives.
///
/// Its files are those of this machine; what is written there stays there. Its network has nothing but a loopback of its own.
final class SystemdMachine: Sendable {
  struct Trouble: Error, CustomStringConvertible {
    var description: String
  }

  /// What a command inside said, and how it ended: its exit status, or the negated signal.
  struct Output: Sendable, CustomStringConvertible {
    var command: String
    var status: Int32
    var data: String
    var messages: String

    var description: String { "\(command) ended with \(status)\n\(data)\(messages)" }
    /// What it said, without the line feed at the end.
    var text: String { data.trimmingCharacters(in: .newlines) }
  }

  /// The machine's root directory, as this process reaches it.
  let root: String
  let network: MachineNetwork
  /// A directory on this machine's disk, which the machine has as `/disk`.
  let disk: String
  /// Its process 1, as this process knows it.
  let initial: pid_t
  /// Everything of it that is on this machine's disk.
  let directory: String
  /// The process that ends it with its owner.
  var guardian: pid_t { supervisor.processIdentifier }
  private let supervisor: Process
  private let entrance: [String]

  /// Runs `body` with a machine that has booted, and ends it with everything in it.
  /// - Parameter owner: the process that it must not outlive.
  static func use(ownedBy owner: pid_t = getpid(), _ body: (SystemdMachine) async throws -> Void) async throws {
    let machine = try await SystemdMachine(ownedBy: owner)
    do {
      try await body(machine)
    } catch {
      try await machine.end()
      throw error
    }
    try await machine.end()
  }

  private init(ownedBy owner: pid_t) async throws {
    directory = NSTemporaryDirectory() + "mpesad-machine-\(UUID().uuidString)"
    disk = directory + "/disk"
    try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
    let log = directory + "/boot.log"
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    supervisor = Process()
    supervisor.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
    supervisor.arguments = [
      "--mount", "--propagation", "private", "--",
      URL(fileURLWithPath: #filePath).deletingLastPathComponent().path
        + "/boot-machine", "\(owner)", directory,
    ]
    supervisor.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]
    let said = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    supervisor.standardOutput = said
    supervisor.standardError = said
    supervisor.standardInput = FileHandle.nullDevice
    try supervisor.run()
    try said.close()
    let supervisor = supervisor
    func waited<Value>(_ what: String, _ look: () -> Value?) async throws -> Value {
      let end = ContinuousClock.now + .seconds(30)
      while true {
        if let value = look() { return value }
        guard supervisor.isRunning, ContinuousClock.now < end else {
          let text = FileManager.default.contents(atPath: log).map { String(decoding: $0, as: UTF8.self) } ?? ""
          throw Trouble(description: "The machine has no \(what): \(text)")
        }
        try await Task.sleep(for: .milliseconds(20))
      }
    }
    let named = directory + "/init"
    let initial = try await waited("process 1") {
      FileManager.default.contents(atPath: named).flatMap {
        pid_t(String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines))
      }
    }
    self.initial = initial
    let root = "/proc/\(initial)/root"
    try await waited("systemd") { FileManager.default.fileExists(atPath: root + "/run/systemd/private") ? () : nil }
    self.root = root
    network = try await waited("network") { MachineNetwork(of: initial) }
    entrance = [
      "/usr/bin/nsenter", "--target", "\(initial)", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--",
      "/usr/bin/env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
    ]
    let state = try await run("systemctl", "is-system-running", "--wait")
    guard state.text == "running" else {
      throw Trouble(description: "\(state)\n\(try await run("systemctl", "list-units", "--failed"))")
    }
  }

  /// Runs a command inside to its end, within a minute.
  @discardableResult
  func run(_ command: String..., within seconds: Double = 60) async throws -> Output {
    try await run(command, within: seconds)
  }

  /// Runs a command inside to its end, within a minute.
  @discardableResult
  func run(_ command: [String], within seconds: Double = 60) async throws -> Output {
    let child = try MachineCommand(entrance + command)
    let status = try await child.wait(within: seconds)
    return Output(command: command.joined(separator: " "), status: status, data: child.data, messages: child.messages)
  }

  /// Runs a command inside that must succeed.
  @discardableResult
  func must(_ command: String..., within seconds: Double = 60) async throws -> Output {
    let output = try await run(command, within: seconds)
    guard output.status == 0 else { throw Trouble(description: "\(output)") }
    return output
  }

  /// Starts a command inside and lets it run.
  func start(_ command: String...) throws -> MachineCommand { try MachineCommand(entrance + command) }

  /// Writes a file inside, with the directories above it.
  func write(_ path: String, _ text: String, mode: Int = 0o644) throws {
    let url = URL(fileURLWithPath: root + path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path)
  }

  func read(_ path: String) throws -> String { try String(contentsOfFile: root + path, encoding: .utf8) }

  func remove(_ path: String) {
    try? FileManager.default.removeItem(atPath: root + path)
  }

  /// Waits until nothing of it is left.
  func ended() async throws {
    let limit = ContinuousClock.now + .seconds(30)
    while supervisor.isRunning {
      guard ContinuousClock.now < limit else { throw Trouble(description: "The machine does not end.") }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  /// Its guard ends with process 1, and takes the cgroup and the directory away.
  private func end() async throws {
    if supervisor.isRunning { kill(initial, SIGKILL) }
    try await ended()
  }
}
