import Foundation
import Testing

/// A daemon whose system calls are written to a file.
struct TracedDaemon {
  let daemon: MpesadProcess
  let trace: String

  init(state: String, trace: String) throws {
    let strace = try #require(Requirement.strace, "strace is required here")
    self.trace = trace
    // With -D strace is a grandchild, so the process that is started is the daemon itself: it gets the signals, and strace ends with it.
    daemon = try MpesadProcess(
      ["serve", "--state", state, "--listen", "127.0.0.1:0", "--log-level", "notice"],
      environment: PowerCutRecording.settings,
      through: [
        strace, "-D", "-f", "-y", "-xx", "-s", "1000000", "--seccomp-bpf", "-o", trace, "-e",
        "trace=" + SystemCallTrace.calls,
      ])
  }

  /// Ends the daemon and waits until its trace is complete.
  func end(_ signal: Int32) async throws {
    daemon.signal(signal)
    #expect(try await daemon.wait() == (signal == SIGKILL ? -SIGKILL : 0), "\(daemon.said.suffix(1_000))")
    let end = ContinuousClock.now + .seconds(20)
    while !isComplete() {
      try #require(ContinuousClock.now < end, "the trace has no end")
      try await Task.sleep(for: .milliseconds(10))
    }
  }

  /// strace writes the end of the process, whose number is that of its first thread, last.
  private func isComplete() -> Bool {
    guard let file = FileHandle(forReadingAtPath: trace) else { return false }
    defer { try? file.close() }
    let length = (try? file.seekToEnd()) ?? 0
    try? file.seek(toOffset: length - min(length, 4_096))
    let end = String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
    let words = end.split(separator: "\n").last?.split(separator: " ") ?? []
    return words.count > 1 && words[0] == "\(daemon.pid)" && words[1] == "+++"
  }
}
