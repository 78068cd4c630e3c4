import GRDB

/// Why a process uses its database no more.
enum DatabaseEnding: Hashable, Sendable {
  /// It is not known what the disk has. The process ends, and the next one finds out.
  case outcomeUnknown(detail: String)
  /// SQLite found it damaged.
  case damaged(detail: String)

  var detail: String {
    switch self {
    case .outcomeUnknown(let detail), .damaged(let detail): detail
    }
  }
}

/// What an error says about the transaction that it ended.
enum CommitFailure: Hashable, Sendable {
  /// Nothing of it is on the disk, and nothing of it will be.
  case undone(detail: String)
  /// It may be on the disk or not. SQLite may have written all of it before a sync failed, and the next start would find it.
  case unknown(detail: String)
  /// The database is damaged.
  case damaged(detail: String)

  init(_ error: any Error) {
    let (cause, isCommit) = (error as? CommitError).map { ($0.cause as any Error, true) } ?? (error, false)
    let detail = if case StoreError.unavailable(let detail) = cause { detail } else { ErrorText.of(cause) }
    switch (cause as? DatabaseError)?.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .damaged(detail: detail)
    case .SQLITE_FULL, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_CONSTRAINT: self = .undone(detail: detail)
    default: self = isCommit ? .unknown(detail: detail) : .undone(detail: detail)
    }
  }
}

/// A COMMIT returned an error.
struct CommitError: Error {
  var cause: DatabaseError
}

/// Whether the database takes commits, and when it is tried again where it does not. Decides; the writer carries out.
struct DatabaseHealth: Hashable {
  /// Nanoseconds between attempts while it fails.
  static let retryInterval: UInt64 = 250_000_000

  enum State: Hashable {
    /// It is not open yet.
    case closed(detail: String)
    case well
    /// It did not commit, and nothing of what was tried happened.
    case failing(detail: String, retryAt: UInt64)
    /// Its files are not where the next start would look for them.
    case displaced(detail: String, retryAt: UInt64)
    /// This process uses it no more.
    case ended(DatabaseEnding)
  }

  private(set) var state: State

  init(_ state: State = .closed(detail: "the database is not open yet")) { self.state = state }

  /// Why it does not commit; nil while it does.
  var failure: String? {
    switch state {
    case .well: nil
    case .closed(let detail), .failing(let detail, _), .displaced(let detail, _): detail
    case .ended(let ending): ending.detail
    }
  }

  /// Whether to try a commit now. `now` in nanoseconds of the monotonic clock.
  func mayTry(now: UInt64) -> Bool {
    switch state {
    case .well: true
    case .closed, .ended: false
    case .failing(_, let retryAt), .displaced(_, let retryAt): now >= retryAt
    }
  }

  /// Whether commits are tried, now or after a while.
  var isTried: Bool {
    switch state {
    case .well, .failing, .displaced: true
    case .closed, .ended: false
    }
  }

  /// Why this process uses it no more; nil while it may.
  var ending: DatabaseEnding? { if case .ended(let ending) = state { ending } else { nil } }

  var isDisplaced: Bool { if case .displaced = state { true } else { false } }

  /// Whether SQLite may close the database, which copies the log into it and removes the log.
  var mayClose: Bool {
    switch state {
    case .well, .failing: true
    case .closed, .displaced, .ended: false
    }
  }

  /// It could not be opened.
  mutating func notOpened(_ detail: String) {
    if case .closed = state { state = .closed(detail: detail) }
  }

  /// It was opened.
  mutating func opened() {
    if case .closed = state { state = .well }
  }

  /// A transaction did not succeed.
  /// - Returns: true when this is news.
  mutating func failed(_ failure: CommitFailure, now: UInt64) -> Bool {
    switch (failure, state) {
    case (_, .closed), (_, .ended): return false
    case (.unknown(let detail), _): state = .ended(.outcomeUnknown(detail: detail))
    case (.damaged(let detail), _): state = .ended(.damaged(detail: detail))
    case (.undone(let detail), .failing(_, let retryAt)):
      if now >= retryAt { state = .failing(detail: detail, retryAt: now + Self.retryInterval) }
      return false
    case (.undone(let detail), _): state = .failing(detail: detail, retryAt: now + Self.retryInterval)
    }
    return true
  }

  /// Its files are not in place.
  /// - Returns: true when this is news.
  mutating func displaced(_ detail: String, now: UInt64) -> Bool {
    switch state {
    case .closed, .ended: return false
    case .displaced:
      state = .displaced(detail: detail, retryAt: now + Self.retryInterval)
      return false
    case .well, .failing:
      state = .displaced(detail: detail, retryAt: now + Self.retryInterval)
      return true
    }
  }

  /// A commit succeeded with all files in place.
  /// - Returns: true when this is news.
  mutating func committed() -> Bool {
    switch state {
    case .failing, .displaced:
      state = .well
      return true
    case .well, .closed, .ended: return false
    }
  }

  /// Another part found that the database must not be used any more.
  /// - Returns: true when this is news.
  mutating func end(_ ending: DatabaseEnding) -> Bool {
    switch (state, ending) {
    // A verdict that was lifted: only a new process opens the database again.
    case (.ended(.damaged), .outcomeUnknown): break
    case (.ended, _): return false
    default: break
    }
    state = .ended(ending)
    return true
  }
}
