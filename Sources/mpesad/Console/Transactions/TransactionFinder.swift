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
    switch term {
    case .nothing: return .redirect(to: list.path)
    case .unclear:
      return .redirect(
        to: list.path,
        notice:
          "Nothing was looked for: that is no phone number, receipt, CheckoutRequestID, order (#123) or payment number."
      )
    case .order(let number):
      var list = list
      list.order = number
      return .redirect(to: list.path)
    case .phone(let phone): return try await payer(phone)
    case .transaction(let number):
      return try await one(
        desk.store.transaction(TransactionID(number)), orNotice: "There is no payment \(number).")
    case .receipt(let receipt):
      var filter = TransactionFilter()
      filter.receipt = receipt
      return try await one(first(filter), orNotice: "No payment has the receipt \(receipt).")
    case .checkoutRequestID(let name):
      var filter = TransactionFilter()
      filter.checkoutRequestID = name
      return try await one(first(filter), orNotice: "No payment has this CheckoutRequestID.")
    }
  }

  /// The list that the form's other fields describe. What is left empty does not matter.
  private var list: TransactionListQuery {
    func given(_ text: String?) -> String? { text.flatMap { $0.isEmpty ? nil : $0 } }
    return TransactionListQuery(status: given(form.status), from: given(form.from), to: given(form.to))
  }

  private func payer(_ phone: MSISDN) async throws -> ConsoleAnswer {
    var filter = TransactionFilter()
    filter.phone = phone
    guard let newest = try await first(filter) else {
      return .redirect(to: list.path, notice: "No payment is from \(phone.masked).")
    }
    var list = list
    list.payer = newest.id.number
    return .redirect(to: list.path)
  }

  private func first(_ filter: TransactionFilter) async throws -> Transaction? {
    try await desk.store.transactions(filter, after: nil, limit: 1).transactions.first
  }

  private func one(_ found: Transaction?, orNotice notice: String) -> ConsoleAnswer {
    guard let found else { return .redirect(to: list.path, notice: notice) }
    return .redirect(to: "/transactions/\(found.id)")
  }
}
