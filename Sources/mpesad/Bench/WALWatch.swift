import Foundation
import Synchronization

/// Watches the size of the log file during a run.
final class WALWatch: Sendable {
  /// Seconds between two looks.
  private static let interval = 0.02

  private let peak = Atomic(0)
  private let stopping = Atomic(false)

  init(path: String) {
    let thread = Thread { [self] in
      while !stopping.load(ordering: .relaxed) {
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        if size > peak.load(ordering: .relaxed) { peak.store(size, ordering: .relaxed) }
        Thread.sleep(forTimeInterval: Self.interval)
      }
    }
    thread.start()
  }

  /// Ends the watch.
  /// - Returns: the largest size seen, in bytes.
  func stop() -> Int {
    stopping.store(true, ordering: .relaxed)
    return peak.load(ordering: .relaxed)
  }
}
