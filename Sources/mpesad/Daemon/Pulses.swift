import NIOCore
import Reconciliation
import Store
import Systemd

/// The parts of the daemon that must get on, as the watchdog sees them.
enum Pulses {
  static func all(
    store: SQLiteStore, workers: InboxWorkers, sweeper: StaleSweeper, loops: any EventLoopGroup
  ) -> [Pulse] {
    [
      writer(store),
      Pulse("the workers that settle callbacks") {
        // An idle worker waits to be woken; each round wakes it once, so that its silence means something.
        workers.look()
        return workers.turns.count
      },
      Pulse("the sweeper that asks Safaricom", patience: StaleSweeper.longestTurn) { sweeper.turns.count },
    ]
      + loops.makeIterator().enumerated().map { index, loop in
        .asking("event loop \(index + 1)") { (try? await loop.submit {}.get()) != nil }
      }
  }

  /// Commits, or answers to an empty job where there is nothing to commit. Under load jobs may find no room, but then there are commits.
  private static func writer(_ store: SQLiteStore) -> Pulse {
    let answers = Pulse.asking("the writer") { await store.answersThroughWriter() }
    return Pulse(answers.name) { answers.count() + store.statistics.commits }
  }
}
