import Foundation
import Testing

/// The real program as a child process, as an operator would start it.
final class MpesadProcess: Sendable {
  /// The executable that this build made.
  static let executable: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    let beside = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("mpesad").path
    if FileManager.default.isExecutableFile(atPath: beside) { return beside }
    let bundle = CommandLine.arguments.first { $0.hasSuffix(".xctest") } ?? ""
    return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("mpesad").path
  }()

  struct Ended: Error, CustomStringConvertible {
    let output: String
    var description: String { "mpesad ended before it was ready:\n\(output)" }
  }

  private let process = Process()
  /// A file and not a pipe: the end of a pipe is only seen when every child that was started meanwhile has ended as well.
  private let log = NSTemporaryDirectory() + "mpesad-output-\(UUID().uuidString)"

  var pid: pid_t { process.processIdentifier }

  /// Everything it has said so far, on both streams.
  var said: String { String(decoding: FileManager.default.contents(atPath: log) ?? Data(), as: UTF8.self) }

  /// Starts `mpesad` with these arguments, or another program that runs it.
  /// - Parameter sockets: two at most, passed to it as systemd passes them. They stay open here as well.
  init(
    _ arguments: [String], environment: [String: String] = [:], through wrapper: [String] = [],
    sockets: [PassedSocket] = []
  ) throws {
    let command = wrapper + PassedSocket.wrapper(for: sockets) + [Self.executable] + arguments
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.environment = environment.merging(["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]) { mine, _ in mine }
    _ = FileManager.default.createFile(atPath: log, contents: nil)
    let output = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
    defer { try? output.close() }
    process.standardError = output
    process.standardInput = sockets.first.map { FileHandle(fileDescriptor: $0.descriptor) } ?? FileHandle.nullDevice
    process.standardOutput = sockets.dropFirst().first.map { FileHandle(fileDescriptor: $0.descriptor) } ?? output
    try process.run()
  }

  /// Runs a command to its end.
  static func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> (
    status: Int32, output: String
  ) {
    let child = try MpesadProcess(arguments, environment: environment)
    let status = try await child.wait()
    return (status, child.said)
  }

  /// The port of a daemon, once it says that it is ready.
  func port(within seconds: Double = 20) async throws -> Int {
    let end = Date(timeIntervalSinceNow: seconds)
    while Date() < end {
      if let match = said.firstMatch(of: /Ready\..* MPESA_PORT=(\d+)/), let port = Int(match.1) { return port }
      if !process.isRunning { break }
      try await Task.sleep(for: .milliseconds(5))
    }
    throw Ended(output: said)
  }

  func signal(_ number: Int32) { kill(pid, number) }

  /// The exit status, or the negated signal that ended it.
  func wait(within seconds: Double = 60) async throws -> Int32 {
    let end = Date(timeIntervalSinceNow: seconds)
    while process.isRunning {
      if Date() >= end {
        kill(pid, SIGKILL)
        throw Ended(output: "still running after \(seconds) s\n" + said)
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    return process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
  }

  deinit {
    if process.isRunning { kill(pid, SIGKILL) }
    try? FileManager.default.removeItem(atPath: log)
  }
}

/// A directory of one test's own.
struct Workspace {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "mpesad-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  func file(_ name: String, _ text: String) throws -> String {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name))
    return path + "/" + name
  }

  func remove() { try? FileManager.default.removeItem(atPath: path) }
}
