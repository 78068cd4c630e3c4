/// A small generator whose whole sequence follows from its seed, so that a run can be repeated. Not for secrets that
/// matter.
struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var counter: UInt64

  init(seed: UInt64) {
    counter = seed
  }

  // A Weyl sequence, stirred twice by multiply and shift.
  mutating func next() -> UInt64 {
    counter &+= 0x9E37_79B9_7F4A_7C15
    var word = counter
    word = (word ^ (word >> 32)) &* 0xD6E8_FEB8_6659_FD93
    word = (word ^ (word >> 32)) &* 0xD6E8_FEB8_6659_FD93
    return word ^ (word >> 32)
  }

  mutating func text(of length: Int, from alphabet: [Character]) -> String {
    var text = ""
    for _ in 0..<length { text.append(alphabet[Int.random(in: 0..<alphabet.count, using: &self)]) }
    return text
  }
}
