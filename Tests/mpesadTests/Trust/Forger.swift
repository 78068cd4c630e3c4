import Foundation
import Payments

/// A stranger who knows everything about four payments but their tokens, and tries what comes to his mind. What he tries is decided by the
/// seed; `TEST_SEED` repeats it.
struct Forger {
  static var seed: UInt64 {
    ProcessInfo.processInfo.environment["TEST_SEED"].flatMap(UInt64.init) ?? UInt64.random(in: 0...UInt64(UInt32.max))
  }

  private var state: UInt64
  private let prompts: [TrustHouse.Prompted]

  init(seed: UInt64, prompts: [TrustHouse.Prompted]) {
    state = seed
    self.prompts = prompts
  }

  /// Where to post what.
  mutating func next() -> (path: String, body: String) {
    let victim = pick(prompts)
    return (path(for: victim), body(about: victim))
  }

  private mutating func path(for victim: TrustHouse.Prompted) -> String {
    let base = pick(["/api/payments/callbacks", "/api/payments/transactions/mpesa_callback"])
    let end = pick(["", "/", "?token=\(victim.transaction)", "/?x=1"])
    let (number, tag) = (victim.transaction.description, victim.token.drop { $0 != "." }.dropFirst())
    switch below(7) {
    case 0: return base + end
    case 1: return base + "/\(number).\(hex(32))" + end
    case 2: return base + "/\(number)" + end
    case 3: return base + "/\(mutated(victim.token))" + end
    case 4: return base + "/\(number).\(tag.prefix(below(32)))" + end
    case 5: return base + "/\(victim.transaction.number + 1 + Int64(below(1_000_000))).\(tag)" + end
    default: return base + "//\(number).\(hex(32))" + end
    }
  }

  private mutating func body(about victim: TrustHouse.Prompted) -> String {
    let receipt = pick(["FORGED0001", "SJK12ABCDE", victim.receipt, hex(10).uppercased()])
    let amount = pick(["1500.00", "1500", "1500.0", "\"1500\"", "1", "150000"])
    let code = pick(["0", "\"0\"", "0", "0.0", "00", "1032", "\"E3008\"", "4999", "null"])
    let checkout = pick([victim.checkout, victim.checkout, pick(prompts).checkout, "ws_CO_\(hex(12))"])
    let body = CallbackBody.paid(checkout, receipt: receipt, amount: amount, code: code)
    switch below(6) {
    case 0: return mutated(body)
    case 1: return String(body.prefix(below(body.count)))
    case 2: return body + body
    default: return body
    }
  }

  /// The text with one character of it other than it is.
  private mutating func mutated(_ text: String) -> String {
    var characters = Array(text)
    let position = below(characters.count)
    let others = Array("0123456789abcdef.-").filter { $0 != characters[position] }
    characters[position] = pick(others)
    return String(characters)
  }

  private mutating func hex(_ length: Int) -> String {
    String((0..<length).map { _ in pick(Array("0123456789abcdef")) })
  }

  private mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }

  private mutating func below(_ limit: Int) -> Int { Int(random() % UInt64(max(limit, 1))) }

  // SplitMix64.
  private mutating func random() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
