import Foundation
import NIOCore
import Testing

@testable import mpesad

/// mpesad in a machine, as its Debian package installs it.
struct PackagedService: Sendable {
  static let port = 8080
  static let state = "/var/lib/mpesad"
  static let configuration = "/etc/mpesad/mpesad.yaml"
  static let unit = "mpesad.service"

  /// Everything that listens for it.
  static let sockets = ["mpesad.socket", "mpesad-admin.socket"]

  let machine: SystemdMachine

  // MARK: What a test begins with

  /// Its state, as this process reaches it. It is on a real disk, and not in `machine.root`: SQLite looks behind every symbolic link in a
  /// path, and would look for the database on this machine.
  var disk: String { machine.disk + "/state" }

  /// Installs the package for the first time, as an operator does.
  static func installed(in machine: SystemdMachine) async throws -> PackagedService {
    let package = try #require(Requirement.package, "MPESAD_DEB must name the package that systemd/debian/build makes")
    try FileManager.default.copyItem(atPath: package, toPath: machine.root + "/tmp/mpesad.deb")
    let service = PackagedService(machine: machine)
    try await service.admitLibraries()
    try await machine.must("dpkg", "--install", "/tmp/mpesad.deb", within: 120)
    try FileManager.default.copyItem(
      atPath: machine.root + configuration, toPath: machine.root + "/tmp/mpesad.yaml")
    try await service.placeState()
    return service
  }

  /// Puts its state on the disk.
  func placeState() async throws {
    for directory in [Self.state, "/disk/state"] {
      try await machine.must("install", "-d", "-o", "mpesad", "-g", "mpesad", "-m", "0700", directory)
    }
    try await machine.must("mount", "--bind", "/disk/state", Self.state)
  }

  /// Puts everything back to how it was after the installation, with no payments, and the sockets listening.
  func reset() async throws {
    try await machine.run(["systemctl", "kill", "--signal", "KILL", Self.unit])
    try await systemctl("stop", Self.unit, "mpesad.socket", "mpesad-admin.socket")
    try await machine.must("install", "-d", "-m", "0700", "/etc/credstore", "/etc/credstore.encrypted")
    try await machine.must("install", "-d", "/run/systemd/system")
    try await machine.must(
      "find", Self.state, "/etc/credstore", "/etc/credstore.encrypted", "/run/systemd/system", "-mindepth", "1",
      "-delete")
    try await machine.must("cp", "/tmp/mpesad.yaml", Self.configuration)
    try await systemctl("daemon-reload")
    try await machine.run(["systemctl", "reset-failed"])
    try await systemctl("start", "mpesad.socket", "mpesad-admin.socket")
  }

  /// A program of a debug build has its libraries where Swift is installed, which the sandbox does not let it run. The one of a release
  /// build has them inside.
  private func admitLibraries() async throws {
    try await machine.must("dpkg-deb", "--extract", "/tmp/mpesad.deb", "/tmp/unpacked")
    let libraries = try await machine.must("ldd", "/tmp/unpacked/usr/bin/mpesad").data
    let folders = Set(libraries.matches(of: /=> (\/opt\/.*)\/[^\/]+ \(/).map { String($0.1) })
    guard !folders.isEmpty else { return }
    try machine.write(
      "/etc/systemd/system/mpesad.service.d/00-libraries.conf",
      "[Service]\nExecPaths=\(folders.sorted().joined(separator: " "))\n")
  }

  /// Makes this many pending transactions, while it is stopped.
  func seed(_ count: Int) async throws -> CallbackLoad {
    let load = try await KillTests.seed(disk, count)
    try await machine.must("chown", "--recursive", "mpesad:mpesad", Self.state)
    return load
  }

  /// Posts callbacks of a load from inside until it is told to stop.
  func post(
    _ load: CallbackLoad, clients: Int = 16, keepsAlive: Bool = false, pause: useconds_t = 20_000
  ) -> ServiceLoad {
    ServiceLoad(load, in: machine.network, clients: clients, keepsAlive: keepsAlive, pause: pause)
  }

  /// One request from inside, on a connection of its own.
  func send(
    _ method: String, _ path: String, body: String = "", headers: [String: String] = [:], port: Int = port
  ) async throws -> MachineConnection.Answer {
    let fields = headers.map { "\($0.key): \($0.value)\r\n" }.joined()
    let request = ByteBuffer(
      string:
        "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(body.utf8.count)\r\n\(fields)\r\n\(body)")
    return try await machine.network.inside { try MachineConnection(to: port).exchange(request) }
  }

  // MARK: systemd

  @discardableResult
  func systemctl(_ arguments: String..., within seconds: Double = 60) async throws -> SystemdMachine.Output {
    let output = try await machine.run(["systemctl"] + arguments, within: seconds)
    guard output.status == 0 else {
      throw SystemdMachine.Trouble(description: "\(output)\n\(try await latest())")
    }
    return output
  }

  /// A property of a unit.
  func property(_ name: String, of unit: String = unit) async throws -> String {
    try await machine.must("systemctl", "show", "--value", "--property", name, unit).text
  }

  /// How often systemd has started it again by itself since it was last started by somebody.
  func restarts() async throws -> Int { Int(try await property("NRestarts")) ?? -1 }

  /// Its main process, as this process knows it.
  func process() async throws -> pid_t {
    let inside = try await property("MainPID")
    for entry in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
      guard let pid = pid_t(entry), let status = try? String(contentsOfFile: "/proc/\(entry)/status", encoding: .utf8),
        let numbers = status.firstMatch(of: /\nNSpid:\t(.*)\n/)?.1.split(separator: "\t"),
        numbers.count > 1, numbers.last.map(String.init) == inside, status.contains("Name:\tmpesad\n")
      else { continue }
      return pid
    }
    throw SystemdMachine.Trouble(description: "no process \(inside) in the machine")
  }

  /// Waits until something is so.
  func waits(
    for what: String, within seconds: Double = 60, _ look: () async throws -> Bool
  ) async throws {
    let end = ContinuousClock.now + .seconds(seconds)
    while try await !look() {
      guard ContinuousClock.now < end else {
        throw SystemdMachine.Trouble(description: "not within \(seconds) s: \(what)\n\(try await latest())")
      }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  /// Adds lines to a unit, until the next reset.
  func extend(_ unit: String = unit, with text: String) async throws {
    try machine.write("/run/systemd/system/\(unit).d/50-test.conf", text)
    try await systemctl("daemon-reload")
  }

  // MARK: the journal

  func journal(_ arguments: String...) async throws -> [JournalRecord] {
    try await machine.must("journalctl", "--sync")
    let output = try await machine.run(["journalctl", "--quiet", "--no-pager", "-o", "json"] + arguments)
    return try JournalRecord.entries(of: output.data)
  }

  /// What makes `journal` show only what follows: `--since=@...`. With `--after-cursor`, journalctl 252 skips the first of the entries that
  /// match when the one under the cursor does not.
  func fromNow() async throws -> String {
    let last = try #require(try await journal("-n", "1").last?["__REALTIME_TIMESTAMP"])
    let next = try #require(Int64(last)) + 1
    return "--since=@\(next / 1_000_000)." + String("\(next % 1_000_000 + 1_000_000)".dropFirst())
  }

  /// The last lines of everything in the journal.
  func latest(_ lines: Int = 60) async throws -> String {
    try await machine.run("journalctl", "--no-pager", "-o", "short-precise", "-n", "\(lines)").data
  }
}
