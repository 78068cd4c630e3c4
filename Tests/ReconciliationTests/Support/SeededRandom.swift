import Foundation

/// A random source that can be replayed: `TEST_SEED` repeats one seed, `TEST_SEEDS` says how many to try.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// The seeds of one run: the one asked for with `TEST_SEED`, as many fresh ones as `TEST_SEEDS` says, or the usual ones, which are always
  /// the same, so that an ordinary run can be repeated. Whoever fails prints its seed.
  static func seeds(_ usual: Int) -> [UInt64] {
    let environment = ProcessInfo.processInfo.environment
    if let seed = environment["TEST_SEED"].flatMap(UInt64.init) { return [seed] }
    if let count = environment["TEST_SEEDS"].flatMap(Int.init) {
      return (0..<max(count, 1)).map { _ in UInt64.random(in: 0...UInt64(UInt32.max)) }
    }
    return (0..<UInt64(usual)).map { $0 + 1 }
  }

  // SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// True this share of the time.
  mutating func happens(_ share: Double) -> Bool { Double.random(in: 0..<1, using: &self) < share }
}
