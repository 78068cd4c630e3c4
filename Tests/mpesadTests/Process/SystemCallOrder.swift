/// Reads a trace of system calls and checks what makes an acknowledgement true: its own bytes are written to the log, the log is synced after
/// that, and only then the answer leaves.
///
/// One request at a time must be under way; each is known by a mark of its own in its body.
struct SystemCallOrder {
  enum Event: Equatable {
    case logWritten(marks: Set<Substring>)
    /// A sync has begun on this thread.
    case syncBegun(thread: Substring)
    /// It has ended, and the log is on the disk as it was when it began.
    case synced(thread: Substring)
    case acknowledged
  }

  /// The calls that matter, in order. A write counts from its start, a sync from its start and end.
  private(set) var events: [Event] = []
  private var syncing: Set<Substring> = []

  /// - Parameter trace: what `strace -f -y` wrote: one call a line, the thread's number first.
  init(trace: String) {
    for line in trace.split(separator: "\n") { read(line) }
  }

  /// How many answers were 200.
  var acknowledgements: Int { events.count { $0 == .acknowledged } }

  /// What was wrong, for each answer. The answers belong to these marks in this order.
  func violations(marks: [String]) -> [String] {
    var found: [String] = []
    var written: Set<Substring> = []
    var covered: [Substring: Set<Substring>] = [:]
    var durable: Set<Substring> = []
    var expected = marks.makeIterator()
    for event in events {
      switch event {
      case .logWritten(let marks): written.formUnion(marks)
      case .syncBegun(let thread): covered[thread] = written
      case .synced(let thread): durable.formUnion(covered.removeValue(forKey: thread) ?? [])
      case .acknowledged:
        guard let mark = expected.next() else {
          found.append("an answer too many")
          continue
        }
        if !written.contains(Substring(mark)) {
          found.append("\(mark) was answered before it was written to the log")
        } else if !durable.contains(Substring(mark)) {
          found.append("\(mark) was answered before the log that holds it was synced")
        }
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
      if syncing.remove(thread) != nil, call.hasSuffix("= 0") { events.append(.synced(thread: thread)) }
    } else if call.hasPrefix("pwrite64("), call.prefix(200).contains("mpesad.db-wal>") {
      events.append(.logWritten(marks: Set(call.matches(of: /U[0-9A-Z]{9}/).map(\.output))))
    } else if call.hasPrefix("fdatasync(") || call.hasPrefix("fsync("), call.contains("mpesad.db-wal>") {
      events.append(.syncBegun(thread: thread))
      if call.hasSuffix("<unfinished ...>") {
        syncing.insert(thread)
      } else if call.hasSuffix("= 0") {
        events.append(.synced(thread: thread))
      }
    } else if ["write(", "writev(", "sendto(", "sendmsg("].contains(where: { call.hasPrefix($0) }),
      call.contains("HTTP/1.1 200")
    {
      events.append(.acknowledged)
    }
  }
}
