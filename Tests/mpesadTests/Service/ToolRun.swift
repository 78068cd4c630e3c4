import Foundation
import Testing

/// A program of the machine's that ran to its end.
struct ToolRun {
  let status: Int32
  /// What it said on both streams.
  let output: String

  /// Runs a program, found by name.
  init(_ name: String, _ arguments: [String], environment: [String: String] = [:]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try #require(Requirement.executable(name), "\(name) is needed"))
    process.arguments = arguments
    process.environment = environment.merging(
      ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"]) { mine, _ in mine }
    let said = Pipe()
    process.standardOutput = said
    process.standardError = said
    process.standardInput = FileHandle.nullDevice
    try process.run()
    output = String(decoding: try said.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    process.waitUntilExit()
    status = process.terminationStatus
  }
}
