import Logging
import Synchronization

/// The least level that is logged, for all loggers of the process; a change counts from the next entry on.
final class LogThreshold: Sendable {
  private let index: Atomic<Int>

  init(_ level: Logger.Level) { index = Atomic(Self.index(of: level)) }

  var level: Logger.Level { Logger.Level.allCases[index.load(ordering: .relaxed)] }

  func change(to level: Logger.Level) { index.store(Self.index(of: level), ordering: .relaxed) }

  private static func index(of level: Logger.Level) -> Int { Logger.Level.allCases.firstIndex(of: level) ?? 0 }
}
