import Foundation
import Testing

@testable import mpesad

/// The real program on a terminal of its own, with somebody who reads and types.
final class Pty {
  /// TIOCSPTLCK and TIOCGPTN of Linux, which Swift does not see: unlock the other end, and tell its number.
  private static let setLock: UInt = 0x4004_5431
  private static let getNumber: UInt = 0x8004_5430

  private let master: Int32
  private let process = Process()
  /// Everything the terminal has shown.
  private(set) var transcript = ""

  init(_ arguments: [String], environment: [String: String] = [:]) throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var unlocked: Int32 = 0
    var number: Int32 = -1
    try #require(ioctl(master, Self.setLock, &unlocked) == 0 && ioctl(master, Self.getNumber, &number) == 0)
    let slave = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(slave >= 0)
    _ = fcntl(master, F_SETFL, O_NONBLOCK)
    let handle = FileHandle(fileDescriptor: slave, closeOnDealloc: true)
    process.executableURL = URL(fileURLWithPath: MpesadProcess.executable)
    process.arguments = arguments
    process.environment = environment.merging(["PATH": "/usr/bin:/bin", "TERM": "xterm"]) { mine, _ in mine }
    process.standardInput = handle
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
  }

  deinit {
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    close(master)
  }

  /// Waits until the terminal has shown this since what was waited for last.
  func expect(_ text: String, within seconds: Double = 30) async throws {
    let end = Date(timeIntervalSinceNow: seconds)
    while !transcript[seen...].contains(text) {
      read()
      guard Date() < end else { throw Missing(text: text, transcript: transcript) }
      try await Task.sleep(for: .milliseconds(5))
    }
    if let range = transcript[seen...].range(of: text) { seen = range.upperBound }
  }

  /// Types a line.
  func type(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    #expect(write(master, bytes, bytes.count) == bytes.count)
  }

  /// Presses Ctrl-C's signal on it.
  func interrupt() { kill(process.processIdentifier, SIGINT) }

  /// Whether the terminal shows what is typed.
  var echoes: Bool {
    var settings = termios()
    return tcgetattr(master, &settings) == 0 && settings.c_lflag & tcflag_t(ECHO) != 0
  }

  /// The exit status, once it has ended.
  func wait(within seconds: Double = 30) async throws -> Int32 {
    let end = Date(timeIntervalSinceNow: seconds)
    while process.isRunning {
      read()
      guard Date() < end else { throw Missing(text: "the end", transcript: transcript) }
      try await Task.sleep(for: .milliseconds(5))
    }
    read()
    return process.terminationStatus
  }

  private lazy var seen = transcript.startIndex

  private func read() {
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = Glibc.read(master, &buffer, buffer.count)
      guard count > 0 else { return }
      let position = transcript.utf8.distance(from: transcript.startIndex, to: seen)
      transcript += String(decoding: buffer[..<count], as: UTF8.self)
      seen = transcript.utf8.index(transcript.startIndex, offsetBy: position)
    }
  }

  struct Missing: Error, CustomStringConvertible {
    let text: String
    let transcript: String
    var description: String { "The terminal never showed \"\(text)\":\n\(transcript)" }
  }
}
