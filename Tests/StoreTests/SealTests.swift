import Crypto
import Testing

@testable import Store

@Suite("Seal: secrets that lie in the database")
struct SealTests {
  static let name = "mpesa_passkey"
  let seal = Seal(key: SymmetricKey(size: .bits256))

  @Test("What was closed opens again, under its own name", arguments: ["", "s", "bfb279f9aa9bdbcf", "Ünïcödé 💡\n"])
  func opens(secret: String) throws {
    let bytes = try seal.close(secret, name: Self.name)
    #expect(try seal.open(bytes, name: Self.name) == secret)
    #expect(bytes.count == 1 + 12 + secret.utf8.count + 16)
    #expect(bytes.first == Seal.version)
  }

  @Test("The same secret is never closed to the same bytes")
  func fresh() throws {
    let all = try (0..<64).map { _ in try seal.close("secret", name: Self.name) }
    #expect(Set(all).count == all.count)
  }

  @Test("A change of any byte is found out")
  func tampered() throws {
    let bytes = try seal.close("a secret", name: Self.name)
    for index in bytes.indices {
      var changed = bytes
      changed[index] ^= 1
      let expected: SealError = index == 0 ? .unknownVersion(Seal.version ^ 1) : .otherKeyOrChanged
      #expect(throws: expected, "byte \(index)") { try seal.open(changed, name: Self.name) }
    }
  }

  @Test("One that was moved to another name does not open")
  func moved() throws {
    let bytes = try seal.close("a secret", name: Self.name)
    #expect(throws: SealError.otherKeyOrChanged) { try seal.open(bytes, name: "mpesa_consumer_key") }
  }

  @Test("Another key does not open it")
  func otherKey() throws {
    let bytes = try seal.close("a secret", name: Self.name)
    let other = Seal(key: SymmetricKey(size: .bits256))
    #expect(throws: SealError.otherKeyOrChanged) { try other.open(bytes, name: Self.name) }
  }

  @Test("What is no sealed value is called that", arguments: [[], [1], [1, 2, 3], [UInt8](repeating: 1, count: 28)])
  func notSealed(bytes: [UInt8]) {
    #expect(throws: SealError.notSealed) { try seal.open(bytes, name: Self.name) }
  }

  @Test("Cut off at any place it does not open")
  func cut() throws {
    let bytes = try seal.close("a secret", name: Self.name)
    for count in bytes.indices {
      #expect(throws: SealError.self, "\(count) bytes") { try seal.open(Array(bytes.prefix(count)), name: Self.name) }
    }
  }
}
