import Foundation

/// One chromedriver, with all browsers that it started.
final class DriverProcess: Sendable {
  /// How long it may take to listen, in seconds.
  static let patience: Double = 20

  struct NotStarted: Error, CustomStringConvertible {
    var output: String
    var description: String { "chromedriver did not say on which port it listens:\n\(output)" }
  }

  private let process = Process()
  /// Holds its output and the browsers' profiles, which are gone with it even where it could not clean up.
  private let workspace: Workspace
  private var log: String { workspace.path + "/driver.log" }

  init(_ program: String) throws {
    workspace = try Workspace()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = ["--port=0"]
    var environment = ProcessInfo.processInfo.environment
    environment["TMPDIR"] = workspace.path
    process.environment = environment
    let output = try FileHandle(forWritingTo: URL(fileURLWithPath: try workspace.file("driver.log", "")))
    defer { try? output.close() }
    process.standardOutput = output
    process.standardError = output
    process.standardInput = FileHandle.nullDevice
    try process.run()
  }

  /// The port, once it listens.
  func port() async throws -> Int {
    let end = Date(timeIntervalSinceNow: Self.patience)
    while true {
      let said = String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self)
      if let match = said.firstMatch(of: /started successfully on port (\d+)/), let port = Int(match.1) { return port }
      guard process.isRunning, Date() < end else { throw NotStarted(output: said) }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Ends it, and what it may have left running: by their group, which is its own, as Foundation starts every process in one.
  func end() {
    let pid = process.processIdentifier
    if getpgid(pid) == pid, pid != getpgid(0) { kill(-pid, SIGKILL) }
    if process.isRunning { kill(pid, SIGKILL) }
    workspace.remove()
  }

  deinit { end() }
}
