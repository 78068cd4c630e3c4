import Foundation
import GRDB
import Synchronization

/// Who may use the database of a store: readers once it is open, those who wait for that, and those who wait for its end.
final class DatabaseUse: Sendable {
  /// How often it is looked whether a verdict of damage was lifted, in seconds.
  private static let verdictInterval = 1.0

  private struct State {
    var pool: DatabasePool?
    var lastTransaction: Int64 = 0
    var isClosed = false
    var ending: DatabaseEnding?
    var isRescuing = false
    var waitingForOpen: [Int: CheckedContinuation<Void, any Error>] = [:]
    var waitingForEnd: [Int: CheckedContinuation<StoreError?, Never>] = [:]
    var next = 0
    var endWriter: (@Sendable (DatabaseEnding) -> Void)?
  }

  /// The database.
  var path: String { directory + "/mpesad.db" }
  private let directory: String
  private let tell: @Sendable (StoreNotice) -> Void
  private let state = Mutex(State())

  init(directory: String, tell: @escaping @Sendable (StoreNotice) -> Void) {
    self.directory = directory
    self.tell = tell
  }

  /// What ends the writer's use of the database, from any thread.
  func setEnd(_ end: @escaping @Sendable (DatabaseEnding) -> Void) { state.withLock { $0.endWriter = end } }

  /// For readers; nil before it is open.
  var pool: DatabasePool? { state.withLock { $0.pool } }

  /// Whether this process uses the database no more.
  var hasEnded: Bool { state.withLock { $0.ending != nil } }

  /// The last transaction that the database had when it was opened; 0 for none.
  var lastTransaction: Int64 { state.withLock { $0.lastTransaction } }

  /// The database is open.
  func opened(_ database: OpenDatabase) {
    let waiting = state.withLock { state in
      state.pool = database.pool
      state.lastTransaction = database.lastTransaction
      defer { state.waitingForOpen = [:] }
      return state.waitingForOpen.values
    }
    for continuation in waiting { continuation.resume() }
  }

  /// Waits until the database is open.
  /// - Throws: ``StoreError/closed`` when the store closes before, `CancellationError` when the task is cancelled.
  func whenOpen() async throws {
    let number = takeNumber()
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
        let result: Result<Void, any Error>? = state.withLock { state in
          if state.pool != nil { return .success(()) }
          if state.isClosed { return .failure(StoreError.closed) }
          if Task.isCancelled { return .failure(CancellationError()) }
          state.waitingForOpen[number] = continuation
          return nil
        }
        if let result { continuation.resume(with: result) }
      }
    } onCancel: {
      state.withLock { $0.waitingForOpen.removeValue(forKey: number) }?.resume(throwing: CancellationError())
    }
  }

  /// The writer uses the database no more. Says so, keeps a verdict of damage, and has the process end where it must.
  func end(_ ending: DatabaseEnding) {
    state.withLock { $0.ending = ending }
    switch ending {
    case .outcomeUnknown(let detail):
      tell(.outcomeUnknown(detail: detail))
      let waiting = state.withLock { state in
        defer { state.waitingForEnd = [:] }
        return state.waitingForEnd.values
      }
      for continuation in waiting { continuation.resume(returning: .outcomeUnknown(detail: detail)) }
    case .damaged(let detail):
      tell(.databaseDamaged(detail: detail))
      watchVerdict(detail)
    }
  }

  /// Waits until the process must end.
  func ending() async -> StoreError? {
    let number = takeNumber()
    return await withTaskCancellationHandler {
      await withCheckedContinuation { (continuation: CheckedContinuation<StoreError?, Never>) in
        let result: StoreError?? = state.withLock { state in
          if case .outcomeUnknown(let detail) = state.ending { return .some(.outcomeUnknown(detail: detail)) }
          if state.isClosed || Task.isCancelled { return .some(nil) }
          state.waitingForEnd[number] = continuation
          return nil
        }
        if let result { continuation.resume(returning: result) }
      }
    } onCancel: {
      state.withLock { $0.waitingForEnd.removeValue(forKey: number) }?.resume(returning: nil)
    }
  }

  /// The store closes.
  func close() {
    let (opening, ending) = state.withLock { state in
      state.isClosed = true
      defer { (state.waitingForOpen, state.waitingForEnd) = ([:], [:]) }
      return (state.waitingForOpen.values, state.waitingForEnd.values)
    }
    for continuation in opening { continuation.resume(throwing: StoreError.closed) }
    for continuation in ending { continuation.resume(returning: nil) }
  }

  /// Copies what the connections still hold of a database that is gone from its place into a new file beside it.
  func rescue() {
    let pool = state.withLock { state -> DatabasePool? in
      guard !state.isRescuing else { return nil }
      state.isRescuing = true
      return state.pool
    }
    guard let pool else { return }
    let thread = Thread { [self] in
      do {
        tell(.databaseRescued(path: try DatabaseCopy.rescue(pool, in: directory)))
      } catch {
        tell(.rescueFailed(detail: ErrorText.of(error)))
      }
      state.withLock { $0.isRescuing = false }
    }
    thread.name = "rescue"
    thread.start()
  }

  /// Keeps the verdict, again and again until the disk takes it; and has the process end when it was lifted, since only a new one opens the
  /// database again.
  private func watchVerdict(_ detail: String) {
    let thread = Thread { [self] in
      let verdict = DamageVerdict(directory: directory)
      var isKept = false
      while !state.withLock({ $0.isClosed }) {
        if !isKept {
          isKept = (try? verdict.keep(detail)) != nil
        } else if verdict.detail == nil {
          state.withLock { $0.endWriter }?(.outcomeUnknown(detail: "the verdict of damage was lifted"))
          return
        }
        Thread.sleep(forTimeInterval: Self.verdictInterval)
      }
    }
    thread.name = "verdict"
    thread.start()
  }

  private func takeNumber() -> Int {
    state.withLock { state in
      state.next += 1
      return state.next
    }
  }
}
