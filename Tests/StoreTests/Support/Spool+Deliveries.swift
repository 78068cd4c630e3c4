@testable import Store

extension Spool {
  func append(_ deliveries: [NewDelivery]) -> Bool { append(deliveries.map { SpoolEntry.callback($0) }) }

  /// The callbacks that wait in it.
  var callbacks: [NewDelivery] {
    waiting.compactMap { record in if case .callback(let callback) = record.entry { callback } else { nil } }
  }

  /// Their numbers.
  var numbers: [Int] { callbacks.map(\.number) }

  /// Counts an append that came to nothing: one that has no room.
  func failedOnce() { _ = append([.numbered(-1, bytes: capacity * 2)]) }
}
