import Payments
import Store

/// What the page with a list of payments shows.
struct TransactionListView: Sendable {
  struct Row: Sendable {
    var href: String
    var number: String
    var at: ShownTime
    var amount: String
    var phone: String
    var status: String
    var reason: String
    var receipt: String
    var order: String
    var orderHref: String
  }

  var tabs: [ShownTab]
  var status: String
  var from: String
  var to: String
  /// What the list is narrowed to besides, in a sentence; nil for nothing.
  var narrowed: String?
  /// The same list without it.
  var widerHref: String
  var rows: [Row]
  var isEmpty: Bool
  var firstHref: String?
  var nextHref: String?
  var fileHref: String

  init(_ page: TransactionPage, _ query: TransactionListQuery, payer: Transaction?, census: Census) {
    tabs =
      [ShownTab(title: "All", href: "/console" + query.with(status: nil).path, isCurrent: query.status == nil)]
      + PaymentStatus.allCases.map { status in
        ShownTab(
          title: status.shown, href: "/console" + query.with(status: status).path,
          isCurrent: query.status == status.rawValue, count: census.transactions[status])
      }
    status = query.status ?? ""
    from = query.from ?? ""
    to = query.to ?? ""
    let parts = [
      payer.map { "from \($0.phone.masked)" }, query.order.map { "for order \($0)" },
      query.reference.map { "for orders with the reference \($0)" },
    ].compactMap { $0 }
    narrowed = parts.isEmpty ? nil : "Only payments " + parts.joined(separator: " ") + "."
    var wider = query
    (wider.payer, wider.order, wider.reference, wider.after) = (nil, nil, nil, nil)
    widerHref = "/console" + wider.path
    rows = page.transactions.map { Row($0) }
    isEmpty = rows.isEmpty
    var first = query
    first.after = nil
    firstHref = query.after == nil ? nil : "/console" + first.path
    var next = query
    next.after = page.next?.number
    nextHref = page.next == nil ? nil : "/console" + next.path
    fileHref = "/console" + query.filePath
  }
}

extension TransactionListView.Row {
  init(_ transaction: Transaction) {
    self.init(
      href: "/console/transactions/\(transaction.id)", number: "\(transaction.id)",
      at: ShownTime(transaction.createdAt), amount: ShownMoney.text(transaction.amount),
      phone: transaction.phone.masked, status: transaction.status.rawValue,
      reason: (transaction.reason?.rawValue ?? transaction.flags.names.joined(separator: ", ")).replacing(
        "_", with: " "),
      receipt: transaction.receipt?.text ?? "", order: "\(transaction.orderID)",
      orderHref: "/console" + TransactionListQuery(order: transaction.orderID.number).path)
  }
}

extension PaymentStatus {
  /// As people read it.
  var shown: String { rawValue.prefix(1).uppercased() + rawValue.dropFirst() }
}
