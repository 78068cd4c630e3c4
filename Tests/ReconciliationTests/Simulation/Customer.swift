import Daraja

/// What a shopper does with a prompt, and what M-Pesa makes of it.
struct Customer {
  enum Deed: CaseIterable {
    case pays, paysAnotherAmount, cancels, ignores, hasNoMoney, mistypesPIN, owes, isLate
  }

  let deed: Deed
  /// Seconds after the push when the result is final.
  let decidesAfter: Double
  /// Seconds after the push when a success follows a timeout.
  let paysLateAfter: Double?

  init(_ random: inout SeededRandom) {
    let weighted: [(Deed, Double)] = [
      (.pays, 0.45), (.cancels, 0.17), (.ignores, 0.13), (.isLate, 0.07), (.hasNoMoney, 0.06), (.mistypesPIN, 0.05),
      (.paysAnotherAmount, 0.04), (.owes, 0.03),
    ]
    var draw = Double.random(in: 0..<1, using: &random)
    deed =
      weighted.first {
        draw -= $0.1; return draw < 0
      }?.0 ?? .pays
    decidesAfter =
      switch deed {
      case .ignores, .isLate: Double.random(in: 60..<90, using: &random)
      default: Double.random(in: 5..<68, using: &random)
      }
    paysLateAfter = deed == .isLate ? decidesAfter + Double.random(in: 1..<200, using: &random) : nil
  }

  /// The result code, as Safaricom has it so many seconds after the push; nil while it has none.
  func result(after seconds: Double) -> ResultCode? {
    guard seconds >= decidesAfter else { return nil }
    return switch deed {
    case .pays, .paysAnotherAmount: .success
    case .cancels: "1032"
    case .ignores: "1037"
    case .hasNoMoney: "1"
    case .mistypesPIN: "2001"
    case .owes: "E3008"
    case .isLate: seconds >= (paysLateAfter ?? .infinity) ? .success : "1037"
    }
  }

  /// True when money moves in the end.
  var pays: Bool { [.pays, .paysAnotherAmount, .isLate].contains(deed) }
}
