import Daraja
import Payments

/// Several orders, their transactions and the receipts in use, looked up as a store does: what `settle` sees of the world.
struct World {
  private(set) var orders: [Order] = []
  private(set) var transactions: [Transaction] = []
  /// Which transaction has each receipt; filled from the transactions as they change.
  private(set) var holders: [Receipt: TransactionID] = [:]
  var now = Example.pushedAt

  init(orders count: Int, pushesPerOrder: ClosedRange<Int>, using random: inout SplitMix64) throws {
    let phone = try MSISDN("254712345678")
    for number in 1...count {
      let amount = Amount(cents: Int64.random(in: 1...3, using: &random) * 100)
      orders.append(
        Order(
          id: OrderID(Int64(number)), amount: amount, description: "", reference: "", paidBy: nil, createdBy: "",
          createdAt: now))
      for _ in 0..<Int.random(in: pushesPerOrder, using: &random) {
        transactions.append(
          Transaction(
            id: TransactionID(Int64(transactions.count + 1)), orderID: OrderID(Int64(number)), amount: amount,
            phone: phone, createdBy: "", createdAt: now, nextQueryAt: now + 30_000_000))
      }
    }
  }

  static func checkout(_ index: Int) -> String { "ws_CO_\(index)" }

  func order(of transaction: Transaction) -> Order { orders[Int(transaction.orderID.number) - 1] }

  func circumstances(_ transaction: Transaction, _ evidence: Evidence, nextQueryAt: Microseconds?) -> Circumstances {
    var circumstances = Circumstances(nextQueryAt: nextQueryAt)
    if case .callback(let callback, _) = evidence, let receipt = callback.receipt, let holder = holders[receipt],
      holder != transaction.id
    {
      circumstances.receiptHeldBy = holder
    }
    if let name = evidence.nameOfPush, name != transaction.checkoutRequestID {
      circumstances.checkoutHeldBy = holder(of: name)
    }
    if let payer = order(of: transaction).paidBy, payer != transaction.id { circumstances.orderPaidBy = payer }
    return circumstances
  }

  /// The transaction that has a CheckoutRequestID.
  private func holder(of name: String) -> TransactionID? {
    transactions.first { $0.checkoutRequestID == name }?.id
  }

  /// What a step did, for the invariants.
  struct Step {
    var evidence: Evidence
    var circumstances: Circumstances
    var order: Order
    var before: Transaction
    var decision: Decision
    var now: Microseconds
  }

  /// Weighs evidence and commits what follows. Nil when a store would refuse to: a CheckoutRequestID names one transaction. Only a
  /// person's match can lead to that, and a store looks for it before.
  mutating func deliver(_ evidence: Evidence, to index: Int, nextQueryAt: Microseconds?) -> Step? {
    let before = transactions[index]
    let circumstances = circumstances(before, evidence, nextQueryAt: nextQueryAt)
    let decision = settle(before, with: evidence, in: circumstances, at: now)
    let after = decision.transaction
    if let name = after.checkoutRequestID, let named = holder(of: name), named != after.id { return nil }
    let step = Step(
      evidence: evidence, circumstances: circumstances, order: order(of: before), before: before, decision: decision,
      now: now)
    transactions[index] = after
    if let receipt = after.receipt, holders[receipt] == nil { holders[receipt] = after.id }
    if decision.paysOrder { orders[Int(before.orderID.number) - 1].paidBy = before.id }
    return step
  }
}
