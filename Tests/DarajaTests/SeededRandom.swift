import Foundation

/// A random source that can be replayed: run again with `MPESAD_TEST_SEED` set to the printed seed.
struct SeededRandom: RandomNumberGenerator {
  let seed: UInt64
  private var state: UInt64

  init(for test: String = #function) {
    let given = ProcessInfo.processInfo.environment["MPESAD_TEST_SEED"].flatMap(UInt64.init)
    seed = given ?? UInt64.random(in: 0...UInt64.max)
    state = seed
    print("\(test): MPESAD_TEST_SEED=\(seed)")
  }

  // SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
