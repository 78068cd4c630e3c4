import GRDB

/// What waits for the writer, and how much of it goes into one transaction.
struct WriteQueue {
  /// Deliveries in one transaction at most. A batch this size takes a few milliseconds.
  static let maximumAppends = 512
  /// Jobs somebody waits for in one transaction at most.
  static let maximumPromptJobs = 64

  /// The part of the waiting deliveries that may prove nothing: a quarter. Anybody can post such, and Safaricom's must find room.
  static let unprovenShare = 4

  struct Append {
    var delivery: NewDelivery
    var then: @Sendable (Result<Acceptance, StoreError>) -> Void
  }

  struct Job {
    var guarded: Bool
    var run: (Database) throws -> Void
    var then: ((any Error)?) -> Void
    /// What the spool is to say of it when it is not known whether it was committed. Asked after `run`.
    var ifUnknown: (() -> SpoolEntry?)?
  }

  /// What goes into one transaction.
  struct Batch {
    var appends: [Append] = []
    var prompt: [Job] = []
    var background: [Job] = []
    var jobs: [Job] { prompt + background }
    var isEmpty: Bool { appends.isEmpty && prompt.isEmpty && background.isEmpty }
  }

  var appends: [Append] = []
  var prompt: [Job] = []
  var background: [Job] = []

  /// Those of ``appends`` that prove nothing.
  private var unproven = 0

  /// Whether a delivery may wait where so many may in all.
  func hasRoom(for append: Append, of limit: Int) -> Bool {
    appends.count < limit && (append.delivery.token != nil || unproven < max(limit / Self.unprovenShare, 1))
  }

  mutating func add(_ append: Append) {
    appends.append(append)
    if append.delivery.token == nil { unproven += 1 }
  }

  var jobCount: Int { prompt.count + background.count }
  var count: Int { appends.count + jobCount }

  /// Whether a batch could be taken now. When nothing new is taken any more (`isLast`), nothing rests.
  func hasWork(pace: BackgroundPace, now: UInt64, isLast: Bool) -> Bool {
    !appends.isEmpty || !prompt.isEmpty || (!background.isEmpty && (isLast || pace.allows(now: now)))
  }

  /// Takes the next batch: deliveries first, then what somebody waits for, then background work as far as its pace allows.
  mutating func take(pace: inout BackgroundPace, now: UInt64, isLast: Bool) -> Batch {
    var batch = Batch()
    batch.appends = Self.removeFirst(Self.maximumAppends, of: &appends)
    if unproven > 0 { unproven -= batch.appends.count { $0.delivery.token == nil } }
    pace.took(appends: batch.appends.count)
    batch.prompt = Self.removeFirst(Self.maximumPromptJobs, of: &prompt)
    if !background.isEmpty, isLast || pace.allows(now: now) {
      batch.background = Self.removeFirst(1, of: &background)
    }
    return batch
  }

  private static func removeFirst<Element>(_ limit: Int, of elements: inout [Element]) -> [Element] {
    guard elements.count > limit else {
      defer { elements = [] }
      return elements
    }
    defer { elements.removeFirst(limit) }
    return Array(elements[..<limit])
  }
}

/// Keeps settling from slowing down the acknowledgement of callbacks: under load it gets a share of the writer's time, not all of it.
struct BackgroundPace {
  /// Deliveries a second above which there is a load worth protecting; below it settling keeps up anyway.
  static let busyRate: UInt64 = 8_000
  /// Under load background work rests this many times as long as it took.
  static let restFactor: UInt64 = 12
  /// Seconds after which resting work is looked at again if nothing else comes.
  static let nap = 0.001

  private var lastEnd: UInt64 = 0
  private var restUntil: UInt64 = 0
  private var appendsSince: UInt64 = 0

  /// Takes in a batch of deliveries.
  mutating func took(appends: Int) { appendsSince += UInt64(appends) }

  /// Whether background work may join a batch now. `now` in nanoseconds.
  func allows(now: UInt64) -> Bool {
    let elapsed = now - min(lastEnd, now)
    return now >= restUntil || appendsSince * 1_000_000_000 < Self.busyRate * elapsed
  }

  /// Background work ran.
  mutating func ran(from start: UInt64, to end: UInt64) {
    lastEnd = end
    appendsSince = 0
    restUntil = end + (end - start) * Self.restFactor
  }
}
