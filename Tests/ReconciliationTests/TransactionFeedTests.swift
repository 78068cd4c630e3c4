import Daraja
import Logging
import Payments
import Reconciliation
import Testing

@Suite("Watching payments", .timeLimit(.minutes(1)))
struct TransactionFeedTests {
  @Test("Who watches an order learns of each of its transactions, those yet to come among them, and of no other")
  func orders() async {
    let feed = TransactionFeed()
    let mine = feed.changes(ofOrder: OrderID(1))
    let other = feed.changes(ofOrder: OrderID(2))
    feed.changed(TransactionID(7), of: OrderID(1))
    feed.changed(TransactionID(8))
    feed.finish()
    #expect(await mine.reduce(0) { count, _ in count + 1 } == 1)
    #expect(await other.reduce(0) { count, _ in count + 1 } == 0)
    #expect(feed.watchers == 0)
  }

  @Test("A push that is begun is news for those who watch its order")
  func begun() async throws {
    let audit = Audit(logger: Logger(label: "audit") { _ in SwiftLogNoOpLogHandler() })
    let ticks = audit.feed.changes(ofOrder: OrderID(1))
    audit.opened(
      Transaction(
        id: TransactionID(7), orderID: OrderID(1), amount: Amount(cents: 100), phone: try MSISDN("254712345678"),
        createdBy: "7", createdAt: 0, nextQueryAt: 1))
    audit.feed.finish()
    #expect(await ticks.reduce(0) { count, _ in count + 1 } == 1)
  }
}
