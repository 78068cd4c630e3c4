import Crypto
import Payments
import Testing

@Suite("Callback tokens")
struct CallbackTokenTests {
  private static let key = SymmetricKey(data: [UInt8](repeating: 7, count: 32))
  private static let tokens = CallbackTokens(key: key)
  private static let number = TransactionID(456)
  /// One with a nonce, and one of a transaction from before there were nonces.
  private static let forms = [
    ProvenToken(number, nonce: Nonce(0x12ab_34cd_56ef)), ProvenToken(number, nonce: nil),
  ]
  private static let numbers: [Int64] = [0, 1, 9, 10, 456, 1_000_000, .max]
  private static let nonces: [Nonce?] = [nil, Nonce(0), Nonce(1), Nonce(.max), Nonce(0x12ab_34cd_56ef)]

  @Test("A token proves its transaction and its nonce", arguments: numbers, nonces)
  func roundTrip(number: Int64, nonce: Nonce?) {
    let proven = ProvenToken(TransactionID(number), nonce: nonce)
    let token = Self.tokens.token(for: proven)
    #expect(Self.tokens.proven(by: token) == proven)
    #expect(Self.tokens.proven(by: Substring(token)) == proven)
  }

  /// Made by mpesad 0.1. Callbacks of that time, and links to its orders, may come for years.
  @Test("The forms never change: callbacks are under way for days")
  func stable() {
    #expect(
      Self.tokens.token(for: ProvenToken(Self.number, nonce: nil)) == "456.6c69da84d8f732040c5614aa2d31fabe")
    let token = Self.tokens.token(for: ProvenToken(Self.number, nonce: Nonce(0x12ab)))
    #expect(token == "456.00000000000012ab.b2fc447a9f7cac87b518930a982b390c")
    #expect(token.wholeMatch(of: /456\.00000000000012ab\.[0-9a-f]{32}/) != nil)
    #expect(token == CallbackTokens(key: Self.key).token(for: ProvenToken(Self.number, nonce: Nonce(0x12ab))))
  }

  @Test(
    "The longest one leaves room for the rest of the address, and none spells a word that Safaricom drops callbacks for"
  )
  func words() {
    var random = SplitMix64(seed: TestSeed.base)
    let longest = Self.tokens.token(for: ProvenToken(TransactionID(.max), nonce: Nonce(.max)))
    #expect(longest.utf8.count == 69)
    for number in 1...2_000 {
      let token = Self.tokens.token(for: ProvenToken(TransactionID(Int64(number)), nonce: Nonce(using: &random)))
      for word in ["mpesa", "m-pesa", "safaricom", "exe", "exec", "cmd", "sql", "query"] {
        #expect(!token.contains(word), "\(TestSeed.variable)=\(TestSeed.base)")
      }
    }
  }

  @Test("Every change of a single character is refused", arguments: forms)
  func singleCharacter(proven: ProvenToken) {
    let token = Array(Self.tokens.token(for: proven).utf8)
    for position in token.indices {
      for byte in UInt8(1)...127 where byte != token[position] {
        var changed = token
        changed[position] = byte
        #expect(Self.tokens.proven(by: String(decoding: changed, as: UTF8.self)) == nil)
      }
    }
  }

  @Test("Every character left out or put in is refused", arguments: forms)
  func lengths(proven: ProvenToken) {
    let token = Array(Self.tokens.token(for: proven))
    for position in token.indices {
      var shorter = token
      shorter.remove(at: position)
      #expect(Self.tokens.proven(by: String(shorter)) == nil)
    }
    for position in token.startIndex...token.endIndex {
      for character in "0a. /é" {
        var longer = token
        longer.insert(character, at: position)
        #expect(Self.tokens.proven(by: String(longer)) == nil, "\(character) at \(position)")
      }
    }
  }

  @Test("What is made of parts of true tokens proves nothing that was not given out")
  func mutations() {
    var random = SplitMix64(seed: TestSeed.base)
    let given = (0..<40).map { number in
      ProvenToken(
        TransactionID(Int64(number / 2 + 1)), nonce: number.isMultiple(of: 5) ? nil : Nonce(using: &random))
    }
    let texts = given.map { Self.tokens.token(for: $0) }
    let parts = texts.flatMap { $0.split(separator: ".").map { String($0) } }
    for _ in 0..<20_000 {
      let count = Int.random(in: 1...4, using: &random)
      let text = (0..<count).map { _ in parts.randomElement(using: &random) ?? "" }.joined(
        separator: random.chance(95) ? "." : "")
      guard let proven = Self.tokens.proven(by: text) else { continue }
      #expect(texts.contains(text) && given.contains(proven), "\(text) \(TestSeed.variable)=\(TestSeed.base)")
    }
  }

  @Test("Two transactions that had one number have different tokens, and one with a nonce never passes for one without")
  func equalNumbers() throws {
    var random = SplitMix64(seed: TestSeed.base)
    for number in Int64(1)...200 {
      let before = ProvenToken(TransactionID(number), nonce: Nonce(using: &random))
      let after = ProvenToken(TransactionID(number), nonce: Nonce(using: &random))
      let old = ProvenToken(TransactionID(number), nonce: nil)
      #expect(Self.tokens.proven(by: Self.tokens.token(for: before)) != after)
      for (token, other) in [(before, after), (after, old), (old, before)] {
        #expect(!token.fits(other.nonce) && token.fits(token.nonce), "\(TestSeed.variable)=\(TestSeed.base)")
      }
      // The nonce cut out of a token leaves the number and a tag of another form.
      let parts = Self.tokens.token(for: before).split(separator: ".")
      #expect(Self.tokens.proven(by: "\(parts[0]).\(parts[2])") == nil)
      let tag = try #require(Self.tokens.token(for: old).split(separator: ".").last)
      #expect(Self.tokens.proven(by: "\(parts[0]).\(parts[1]).\(tag)") == nil)
    }
  }

  @Test("Another key proves nothing", arguments: forms)
  func otherKey(proven: ProvenToken) {
    #expect(CallbackTokens(key: CallbackTokens.newKey()).proven(by: Self.tokens.token(for: proven)) == nil)
  }

  @Test("A new key is 256 bits, and new each time")
  func newKey() {
    let keys = (0..<20).map { _ in CallbackTokens.newKey() }
    #expect(keys.allSatisfy { $0.bitCount == CallbackTokens.keyLength * 8 })
    for (index, key) in keys.enumerated() { #expect(!keys[..<index].contains(key)) }
  }

  @Test("A nonce has 63 bits, is new each time, and is shown to nobody")
  func freshNonces() {
    let drawn = (0..<1_000).map { _ in Nonce.random() }
    #expect(Set(drawn).count == drawn.count && drawn.allSatisfy { $0.number >= 0 })
    #expect(drawn.contains { $0.number > .max / 2 } && drawn.contains { $0.number < .max / 2 })
    let shown = "\(drawn[0]) \(String(reflecting: drawn[0])) \(ProvenToken(Self.number, nonce: drawn[0]))"
    #expect(!shown.contains(String(drawn[0].number)) && !shown.contains(String(drawn[0].number, radix: 16)))
  }

  @Test("The tag of one transaction proves no other", arguments: forms)
  func swapped(proven: ProvenToken) {
    let rest = Self.tokens.token(for: proven).dropFirst(3)
    for number in ["455", "457", "45", "4567", "4", "0456", "+456", "-456", " 456", ""] {
      #expect(Self.tokens.proven(by: number + rest) == nil)
    }
  }

  @Test("Other spellings are refused without a crash", arguments: forms)
  func spellings(proven: ProvenToken) {
    let token = Self.tokens.token(for: proven)
    let tag = String(token.dropFirst(4))
    let forms = [
      "", ".", "..", "456", "456.", tag, ".\(tag)", "456\(tag)", "456,\(tag)", "456..\(tag)", ".456.\(tag)",
      "456.\(tag).", "456.\(tag.uppercased())", "456.\(String(repeating: "0", count: 32))",
      "456.\(String(repeating: "0", count: 16)).\(String(repeating: "0", count: 32))",
      "456.8000000000000000.\(String(repeating: "0", count: 32))",
      "456.\(String(repeating: "g", count: 32))", "456.\(tag)\(tag)", "\(token)/", "\(token) ", " \(token)",
      "\(token)\0", "99999999999999999999.\(tag)", "9223372036854775808.\(tag)", "18446744073709552072.\(tag)",
      "４５６.\(tag)", "٤٥٦.\(tag)", "456.\(String(repeating: "é", count: 16))", "456․\(tag)", "0x1c8.\(tag)",
      "4e2.\(tag)", "456%2e\(tag)", String(repeating: "4", count: 100_000), String(repeating: ".", count: 100_000),
      "💸.\(tag)", "456.\(tag.dropLast())\u{301}",
    ]
    for form in forms { #expect(Self.tokens.proven(by: form) == nil, "\(form.prefix(60))") }
    #expect(Self.tokens.proven(by: token) == proven)
  }
}
