import Testing

/// What every kind of evidence makes of a transaction in every standing, as a merchant may read it.
///
/// Each row is one piece of evidence about a prompt over KES 1,500.00. Each line under it says where the transaction stands afterwards,
/// what the timeline records, what the merchant's system is told, whether the order is paid by it, and when Safaricom is asked again.
@Suite("Settlement, every standing and every evidence")
struct SettlementTable {}

extension SettlementTable {
  /// Every row of every table.
  static var all: [SettlementRow] {
    get throws {
      try pushAnswers + paymentsAtTheOwnAddress + refusalsAtTheOwnAddress + callbacksAtTheBareAddress + queryAnswers
        + rulings
    }
  }
}
