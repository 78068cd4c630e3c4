import Daraja
import Payments
import Store

/// Turns what somebody typed into the address of what they look for.
struct TransactionFinder {
  /// The form's fields.
  struct Form: Decodable {
    var q: String?
    var status: String?
    var from: String?
    var to: String?
  }

  let desk: OperatorDesk
  let form: Form

  func find() async throws -> ConsoleAnswer {
    let term = TransactionTerm(form.q ?? "")
    // A reference may look like any of the others, which are the likelier.
    if let path = try await path(of: term) { return .redirect(to: path) }
    if let path = try await path(ofReference: TransactionTerm.trimmed(form.q ?? "")) { return .redirect(to: path) }
    return .redirect(to: list.path, notice: Self.missing(term))
  }

  /// Where the payment or the payments are that a term means; nil when there are none.
  private func path(of term: TransactionTerm) async throws -> String? {
    var (filter, list) = (TransactionFilter(), list)
    switch term {
    case .nothing: return list.path
    case .unclear, .reference: return nil
    case .order(let number):
      list.order = number
      return list.path
    case .phone(let phone):
      filter.phone = phone
      list.payer = try await first(filter)?.id.number
      return list.payer == nil ? nil : list.path
    case .transaction(let number): return try await desk.store.transaction(TransactionID(number)).map(Self.path)
    case .receipt(let receipt): filter.receipt = receipt
    case .checkoutRequestID(let name): filter.checkoutRequestID = name
    }
    return try await first(filter).map(Self.path)
  }

  private func path(ofReference text: String) async throws -> String? {
    guard NewOrder.isReference(text) else { return nil }
    var (filter, list) = (TransactionFilter(), list)
    filter.reference = text
    guard try await first(filter) != nil else { return nil }
    list.reference = text
    return list.path
  }

  private static func path(of transaction: Transaction) -> String { "/transactions/\(transaction.id)" }

  private static func missing(_ term: TransactionTerm) -> String {
    switch term {
    case .phone(let phone): "No payment is from \(phone.masked)."
    case .transaction(let number): "There is no payment \(number), and no payment for an order with this reference."
    case .receipt(let receipt): "No payment has the receipt \(receipt), and none is for an order with this reference."
    case .checkoutRequestID: "No payment has this CheckoutRequestID."
    case .reference: "No payment is for an order with this reference."
    case .nothing, .order, .unclear:
      "Nothing was looked for: that is no phone number, receipt, CheckoutRequestID, payment number, order (#123) or its "
        + "reference."
    }
  }

  /// The list that the form's other fields describe. What is left empty does not matter.
  private var list: TransactionListQuery {
    func given(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
    return TransactionListQuery(status: given(form.status), from: given(form.from), to: given(form.to))
  }

  private func first(_ filter: TransactionFilter) async throws -> Transaction? {
    try await desk.store.transactions(filter, after: nil, limit: 1).transactions.first
  }
}
