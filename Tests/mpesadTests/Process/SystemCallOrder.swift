/// Reads a trace of system calls and checks what makes an acknowledgement true: written to the log, synced, then answered.
struct SystemCallOrder {
  enum Event: Equatable { case logWritten, logSynced, acknowledged }

  /// The calls that matter, in the order in which they took effect. A write counts from its start, a sync from its end.
  private(set) var events: [Event] = []
  private var unfinished: [Substring: String] = [:]

  /// - Parameter trace: what `strace -f -y` wrote: one call a line, the thread's number first.
  init(trace: String) {
    for line in trace.split(separator: "\n") { read(line) }
  }

  /// How many answers were 200.
  var acknowledgements: Int { events.count { $0 == .acknowledged } }

  /// For each answer: what was wrong with it. One request at a time must be under way.
  var violations: [String] {
    var found: [String] = []
    var written = false
    var synced = false
    var number = 0
    for event in events {
      switch event {
      case .logWritten: (written, synced) = (true, false)
      case .logSynced: if written { synced = true }
      case .acknowledged:
        number += 1
        if !written { found.append("answer \(number): nothing was written to the log before it") }
        if written && !synced { found.append("answer \(number): the log was written and not synced before it") }
        (written, synced) = (false, false)
      }
    }
    return found
  }

  private mutating func read(_ line: Substring) {
    let parts = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
    guard parts.count == 2 else { return }
    let thread = parts[0]
    let call = parts[1].drop { $0 == " " }
    if call.hasPrefix("<... ") {
      if let start = unfinished.removeValue(forKey: thread), Self.isLogSync(start), call.hasSuffix("= 0") {
        events.append(.logSynced)
      }
      return
    }
    let pending = call.hasSuffix("<unfinished ...>")
    if pending { unfinished[thread] = String(call) }
    if Self.isLogWrite(call) {
      events.append(.logWritten)
    } else if Self.isLogSync(String(call)) {
      if !pending && call.hasSuffix("= 0") { events.append(.logSynced) }
    } else if Self.isAnswer(call) {
      events.append(.acknowledged)
    }
  }

  private static func isLogWrite(_ call: Substring) -> Bool {
    call.hasPrefix("pwrite64(") && call.prefix(300).contains("mpesad.db-wal>")
  }

  private static func isLogSync(_ call: String) -> Bool {
    (call.hasPrefix("fdatasync(") || call.hasPrefix("fsync(")) && call.contains("mpesad.db-wal>")
  }

  private static func isAnswer(_ call: Substring) -> Bool {
    let sends = call.hasPrefix("write(") || call.hasPrefix("writev(") || call.hasPrefix("sendto(") || call.hasPrefix("sendmsg(")
    return sends && call.contains("HTTP/1.1 200")
  }
}
