import NIOCore

/// When one connection has had its time. A value without a clock: it is told what happens and when, and says when to
/// look again.
///
/// A client is on the clock while it owes us bytes, and while it does not take the ones we sent. It is not while we owe
/// it an answer: the clock of a pipelined request starts when the answer before it has left.
struct ConnectionDeadlines {
  /// The limits, in the units of the event loop.
  struct Limits: Sendable {
    var header: TimeAmount
    var request: TimeAmount
    var idle: TimeAmount
    var idleWhenFull: TimeAmount
    var writeStall: TimeAmount
    var linger: TimeAmount

    init(_ deadlines: GatewayDeadlines) {
      header = TimeAmount(deadlines.header)
      request = TimeAmount(deadlines.request)
      idle = TimeAmount(deadlines.idle)
      idleWhenFull = TimeAmount(deadlines.idleWhenFull)
      writeStall = TimeAmount(deadlines.writeStall)
      linger = TimeAmount(deadlines.linger)
    }
  }

  /// What is to be done when the time of ``deadline`` has come.
  enum Verdict: Hashable {
    /// Nothing: there is time left, or the client made progress.
    case wait
    /// A request was begun and is not complete.
    case requestLate
    /// Nothing was asked for too long.
    case idle
    /// The client takes nothing of its answer.
    case stalled
    /// The last answer is out and the client had time to read it.
    case lingered
  }

  private enum Reading { case nothing, header, body }
  private enum Leaving: Hashable { case no, flushing, lingering(since: NIODeadline) }

  private let limits: Limits
  private var reading = Reading.nothing
  private var isFresh = true
  private var headerClock: NIODeadline
  private var requestClock: NIODeadline
  private var quietSince: NIODeadline
  /// Complete requests without a complete answer; -1 when an answer came before the end of its request.
  private var owed = 0
  private var stall: (since: NIODeadline, sent: Int)?
  private var leaving = Leaving.no

  init(_ limits: Limits, openedAt now: NIODeadline) {
    self.limits = limits
    headerClock = now
    requestClock = now
    quietSince = now
  }

  /// Whether no request is being read, answered or waited for.
  var isIdle: Bool { reading == .nothing && owed == 0 }

  /// Whether the connection is idle and has been for so long that it should make room for others.
  func shouldMakeRoom(at now: NIODeadline) -> Bool {
    isIdle && leaving == .no && stall == nil && now >= quietSince + limits.idleWhenFull
  }

  // MARK: What happens

  mutating func bytesRead(at now: NIODeadline) {
    guard reading == .nothing else { return }
    reading = .header
    if !isFresh { headerClock = now }
    requestClock = now
    isFresh = false
  }

  mutating func headRead(at now: NIODeadline) {
    if reading == .nothing { requestClock = now }
    reading = .body
  }

  mutating func requestRead() {
    reading = .nothing
    owed += 1
  }

  mutating func answerWritten(at now: NIODeadline) {
    owed -= 1
    quietSince = now
    guard owed == 0, reading != .nothing else { return }
    headerClock = now
    requestClock = now
  }

  /// - Parameter sent: how many bytes the kernel has taken in all.
  mutating func writabilityChanged(to isWritable: Bool, sent: Int, at now: NIODeadline) {
    guard leaving == .no else { return }
    stall = isWritable ? nil : (now, sent)
    if isWritable { quietSince = now }
  }

  /// The last answer is written; what is left of it is on its way.
  mutating func leavingBegan(sent: Int, at now: NIODeadline) {
    leaving = .flushing
    stall = (now, sent)
  }

  /// The last byte of the last answer is with the kernel.
  mutating func outputClosed(at now: NIODeadline) {
    leaving = .lingering(since: now)
  }

  // MARK: What follows

  /// When to look again; nil while the client owes nothing.
  var deadline: NIODeadline? {
    if case .lingering(let since) = leaving { return since + limits.linger }
    if let stall { return stall.since + limits.writeStall }
    if owed > 0 { return nil }
    switch reading {
    case .header: return min(headerClock + limits.header, requestClock + limits.request)
    case .body: return requestClock + limits.request
    case .nothing: return isFresh ? headerClock + limits.header : quietSince + limits.idle
    }
  }

  /// Looks whether the time has come.
  mutating func check(sent: Int, at now: NIODeadline) -> Verdict {
    guard let deadline, deadline <= now else { return .wait }
    if case .lingering = leaving { return .lingered }
    if let stall {
      guard sent > stall.sent else { return .stalled }
      self.stall = (now, sent)
      return .wait
    }
    return reading == .nothing ? .idle : .requestLate
  }
}
