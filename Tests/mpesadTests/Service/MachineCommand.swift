import Foundation

/// A command inside a machine, with what it says on each stream.
final class MachineCommand: Sendable {
  private let process = Process()
  // Files and not pipes: the end of a pipe is only seen when every child that was started meanwhile has ended as well.
  private let path = NSTemporaryDirectory() + "mpesad-command-\(UUID().uuidString)"

  init(_ command: [String]) throws {
    process.executableURL = URL(fileURLWithPath: command[0])
    process.arguments = Array(command.dropFirst())
    process.standardInput = FileHandle.nullDevice
    var streams: [FileHandle] = []
    defer { for stream in streams { try? stream.close() } }
    for name in ["data", "messages"] {
      _ = FileManager.default.createFile(atPath: "\(path).\(name)", contents: nil)
      streams.append(try FileHandle(forWritingTo: URL(fileURLWithPath: "\(path).\(name)")))
    }
    process.standardOutput = streams[0]
    process.standardError = streams[1]
    try process.run()
  }

  /// Standard output so far.
  var data: String { read("data") }
  /// Standard error so far.
  var messages: String { read("messages") }
  var isRunning: Bool { process.isRunning }

  func signal(_ number: Int32) { kill(process.processIdentifier, number) }

  /// The exit status, or the negated signal that ended it.
  func wait(within seconds: Double = 60) async throws -> Int32 {
    let end = ContinuousClock.now + .seconds(seconds)
    while process.isRunning {
      guard ContinuousClock.now < end else {
        kill(process.processIdentifier, SIGKILL)
        throw SystemdMachine.Trouble(
          description: "still running after \(seconds) s: \(process.arguments ?? [])\n\(data)\(messages)")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
    return process.terminationReason == .uncaughtSignal ? -process.terminationStatus : process.terminationStatus
  }

  private func read(_ name: String) -> String {
    String(decoding: FileManager.default.contents(atPath: "\(path).\(name)") ?? Data(), as: UTF8.self)
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    for name in ["data", "messages"] { try? FileManager.default.removeItem(atPath: "\(path).\(name)") }
  }
}
