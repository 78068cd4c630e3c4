import Daraja
import Payments
import Store

/// What the checkout reads of the ledger.
struct CheckoutLedger: Sendable {
  /// Transactions of one order, or to one phone, that are looked at. The guard spaces prompts two minutes apart, so that this is an hour's.
  static let looked = 30

  let store: any PaymentStore & BrowsingStore
  let clock: @Sendable () -> ClockReading

  /// Where an order stands now, for those who may see it; nil when there is no such order, or another one has its number.
  func standing(of proven: ProvenOrder, rules: AdmissionRules) async throws -> (Order, CheckoutStanding)? {
    // The transactions first: an order that is read after them is at least as new, so that money which came is never missing.
    var filter = TransactionFilter()
    filter.order = proven.id
    var ofOrder = try await store.transactions(filter, after: nil, limit: Self.looked).transactions
    guard let order = try await store.order(proven.id), proven.fits(order.nonce) else { return nil }
    if let payer = order.paidBy, !ofOrder.contains(where: { $0.id == payer && $0.status == .completed }),
      let paid = try await store.transaction(payer)
    {
      ofOrder = [paid] + ofOrder.filter { $0.id != payer }
    }
    var ofPhone: [Transaction] = []
    if order.paidBy == nil, let phone = ofOrder.first?.phone {
      var filter = TransactionFilter()
      filter.phone = phone
      ofPhone = try await store.transactions(filter, after: nil, limit: Self.looked).transactions
    }
    return (order, CheckoutStanding(order, ofOrder: ofOrder, ofPhone: ofPhone, rules: rules, at: clock()))
  }
}
