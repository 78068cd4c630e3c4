import Daraja

/// Amounts as pages show them.
enum ShownMoney {
  /// For example `KES 1,500.00`.
  static func text(_ amount: Amount) -> String { text(amount.description) }

  /// The same for an amount that is text already.
  static func text(_ amount: String) -> String {
    let parts = amount.split(separator: ".", maxSplits: 1)
    guard let shillings = parts.first else { return "KES \(amount)" }
    var grouped = ""
    for (index, digit) in shillings.enumerated() {
      if index > 0, (shillings.count - index).isMultiple(of: 3), grouped != "-" { grouped.append(",") }
      grouped.append(digit)
    }
    return "KES \(grouped).\(parts.count > 1 ? parts[1] : "00")"
  }
}
