import Metrics
import Synchronization

/// A number that only grows, in steps of whole ones.
final class WholeCounter: CounterHandler {
  private let count = Atomic<Int64>(0)

  var value: Double { Double(count.load(ordering: .relaxed)) }

  func increment(by amount: Int64) { count.wrappingAdd(amount, ordering: .relaxed) }

  func reset() { count.store(0, ordering: .relaxed) }
}

/// A real number that is set or moved.
final class RealNumber: FloatingPointCounterHandler, MeterHandler, RecorderHandler {
  private let bits = Atomic<UInt64>(0)

  var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

  func set(_ value: Double) { bits.store(value.bitPattern, ordering: .relaxed) }
  func set(_ value: Int64) { set(Double(value)) }
  func record(_ value: Double) { set(value) }
  func record(_ value: Int64) { set(Double(value)) }
  func reset() { set(0.0) }
  func decrement(by amount: Double) { increment(by: -amount) }

  func increment(by amount: Double) {
    var old = bits.load(ordering: .relaxed)
    while true {
      let new = (Double(bitPattern: old) + amount).bitPattern
      let (exchanged, found) = bits.compareExchange(expected: old, desired: new, ordering: .relaxed)
      if exchanged { return }
      old = found
    }
  }
}

/// How many values fell below each bound.
final class Histogram: TimerHandler, RecorderHandler {
  /// Upper bounds in seconds: Prometheus' usual ones, and two below for what takes less than a millisecond.
  static let bounds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

  /// One for each bound, and one for what is above all.
  private let cells = (0...Histogram.bounds.count).map { _ in WholeCounter() }
  private let sum = RealNumber()

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    let cell = Self.bounds.firstIndex { value <= $0 } ?? Self.bounds.count
    cells[cell].increment(by: 1)
    sum.increment(by: value)
  }

  /// The samples under these labels. The count is what the buckets add up to, so that the two never disagree.
  func samples(_ labels: [(String, String)]) -> [MetricFamily.Sample] {
    var total = 0.0
    var samples: [MetricFamily.Sample] = []
    for (cell, bound) in zip(cells, Self.bounds + [.infinity]) {
      total += cell.value
      samples.append(.init(suffix: "_bucket", total, labels: labels + [("le", MetricFamily.number(bound))]))
    }
    samples.append(.init(suffix: "_sum", sum.value, labels: labels))
    samples.append(.init(suffix: "_count", total, labels: labels))
    return samples
  }
}
