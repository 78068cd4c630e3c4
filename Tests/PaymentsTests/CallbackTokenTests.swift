import Crypto
import Payments
import Testing

@Suite("Callback tokens")
struct CallbackTokenTests {
  private static let tokens = CallbackTokens(key: SymmetricKey(data: [UInt8](repeating: 7, count: 32)))

  @Test("A token proves its transaction", arguments: [1, 9, 10, 456, 1_000_000, Int64.max])
  func roundTrip(number: Int64) {
    let token = Self.tokens.token(for: TransactionID(number))
    #expect(Self.tokens.transaction(of: token) == TransactionID(number))
    #expect(Self.tokens.transaction(of: Substring(token)) == TransactionID(number))
  }

  @Test("The same transaction has the same token, and the form never changes: callbacks are under way for days")
  func stable() {
    let token = Self.tokens.token(for: TransactionID(456))
    #expect(
      token == CallbackTokens(key: SymmetricKey(data: [UInt8](repeating: 7, count: 32))).token(for: TransactionID(456)))
    #expect(token.wholeMatch(of: /456\.[0-9a-f]{32}/) != nil)
  }

  @Test("It spells no word that Safaricom drops callbacks for, for any transaction")
  func words() {
    for number in 1...2_000 {
      let token = Self.tokens.token(for: TransactionID(Int64(number)))
      for word in ["mpesa", "m-pesa", "safaricom", "exe", "exec", "cmd", "sql", "query"] {
        #expect(!token.contains(word))
      }
    }
  }

  @Test("Every change of a single character is refused")
  func singleCharacter() {
    let token = Array(Self.tokens.token(for: TransactionID(456)).utf8)
    for position in token.indices {
      for byte in UInt8(1)...127 where byte != token[position] {
        var changed = token
        changed[position] = byte
        #expect(Self.tokens.transaction(of: String(decoding: changed, as: UTF8.self)) == nil)
      }
    }
  }

  @Test("Every character left out or put in is refused")
  func lengths() {
    let token = Array(Self.tokens.token(for: TransactionID(456)))
    for position in token.indices {
      var shorter = token
      shorter.remove(at: position)
      #expect(Self.tokens.transaction(of: String(shorter)) == nil)
    }
    for position in token.startIndex...token.endIndex {
      for character in "0a. /é" {
        var longer = token
        longer.insert(character, at: position)
        #expect(Self.tokens.transaction(of: String(longer)) == nil, "\(character) at \(position)")
      }
    }
  }

  @Test("Another key proves nothing")
  func otherKey() {
    let token = Self.tokens.token(for: TransactionID(456))
    #expect(CallbackTokens(key: CallbackTokens.newKey()).transaction(of: token) == nil)
  }

  @Test("A new key is 256 bits, and new each time")
  func newKey() {
    let keys = (0..<20).map { _ in CallbackTokens.newKey() }
    #expect(keys.allSatisfy { $0.bitCount == CallbackTokens.keyLength * 8 })
    for (index, key) in keys.enumerated() { #expect(!keys[..<index].contains(key)) }
  }

  @Test("The tag of one transaction proves no other")
  func swapped() throws {
    let tag = try #require(Self.tokens.token(for: TransactionID(456)).split(separator: ".").last)
    for number in ["455", "457", "45", "4567", "4", "0456", "+456", "-456", " 456"] {
      #expect(Self.tokens.transaction(of: "\(number).\(tag)") == nil)
    }
  }

  @Test("Other forms are refused without a crash")
  func forms() {
    let token = Self.tokens.token(for: TransactionID(456))
    let tag = String(token.dropFirst(4))
    let forms = [
      "", ".", "..", "456", "456.", tag, ".\(tag)", "456\(tag)", "456,\(tag)", "456..\(tag)", ".456.\(tag)",
      "456.\(tag).", "456.\(tag.uppercased())", "456.\(String(repeating: "0", count: 32))",
      "456.\(String(repeating: "g", count: 32))", "456.\(tag)\(tag)", "\(token)/", "\(token) ", " \(token)",
      "\(token)\0", "99999999999999999999.\(tag)", "9223372036854775808.\(tag)", "18446744073709552072.\(tag)",
      "４５６.\(tag)", "٤٥٦.\(tag)", "456.\(String(repeating: "é", count: 16))", "456․\(tag)", "0x1c8.\(tag)",
      "4e2.\(tag)", "456%2e\(tag)", String(repeating: "4", count: 100_000), String(repeating: ".", count: 100_000),
      "💸.\(tag)", "456.\(tag.dropLast())\u{301}",
    ]
    for form in forms { #expect(Self.tokens.transaction(of: form) == nil, "\(form.prefix(60))") }
    #expect(Self.tokens.transaction(of: token) == TransactionID(456))
  }
}
