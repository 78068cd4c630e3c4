/// Latencies of one run, kept whole: no bucket rounds them.
struct LatencySample: Sendable {
  private(set) var microseconds: [UInt32] = []

  mutating func add(nanoseconds: UInt64) {
    microseconds.append(UInt32(clamping: nanoseconds / 1_000))
  }

  mutating func merge(_ other: LatencySample) {
    microseconds += other.microseconds
  }

  /// Milliseconds below which each of these shares of the sample lies; zero for an empty sample.
  func percentiles(_ shares: [Double]) -> [Double] {
    let sorted = microseconds.sorted()
    return shares.map { share in
      guard !sorted.isEmpty else { return 0 }
      let index = min(Int((Double(sorted.count) * share).rounded(.up)) - 1, sorted.count - 1)
      return Double(sorted[max(index, 0)]) / 1_000
    }
  }
}
