import Daraja
import NIOCore
import Payments
import Testing

@testable import Store

/// While the database cannot commit, what anybody can post must not take the place of what Safaricom posts.
@Suite("SQLite, the part of spool and queue for what proves nothing")
struct UnprovenShareTests {
  private static func spooled(_ committer: Committer, _ deliveries: [NewDelivery]) -> Set<Int>? {
    var pace = BackgroundPace()
    let batch = WriteQueue.Batch(appends: deliveries.map { WriteQueue.Append(delivery: $0, then: { _ in }) })
    guard case .spooled(let refused, _) = committer.run(batch, pace: &pace).appends else { return nil }
    return Set(deliveries.indices).subtracting(refused)
  }

  @Test(
    "A flood fills a quarter of the spool, also over a restart; what came to our own addresses goes on"
  )
  func spool() throws {
    let directory = try TemporaryDirectory()
    defer { withExtendedLifetime(directory) {} }
    let path = directory.path + "/mpesad.spool"
    var unproven = 0
    for round in 0..<2 {
      let spool = try Spool(path: path, bytes: 1 << 20)
      let committer = Committer(spool: spool, tell: { _ in })
      for number in 0..<20 {
        let flood = (0..<20).map { NewDelivery.numbered(number * 20 + $0, bytes: 4_096, token: nil) }
        let taken = try #require(Self.spooled(committer, flood + [.numbered(1_000 + number, bytes: 500)]))
        #expect(taken.contains(20), "round \(round), \(number): it came to an own address")
        unproven += taken.count - 1
      }
      #expect(spool.unprovenRoom < 4_200)
      #expect(unproven == spool.roomBytes / Spool.unprovenShare / (4_096 + 48 + 42), "round \(round): \(unproven)")
    }
  }

  @Test("A quarter of the queue may prove nothing, and makes room as it is worked off")
  func queue() {
    let limit = 40
    var queue = WriteQueue()
    var pace = BackgroundPace()
    func add(_ token: ProvenToken?) -> Bool {
      let append = WriteQueue.Append(delivery: .numbered(0, token: token), then: { _ in })
      guard queue.hasRoom(for: append, of: limit) else { return false }
      queue.add(append)
      return true
    }
    for _ in 0..<3 {
      #expect((0..<limit).count { _ in add(nil) } == 10)
      #expect((0..<limit).count { _ in add(ProvenToken(TransactionID(1), nonce: nil)) } == 30)
      #expect(queue.take(pace: &pace, now: 0, isLast: false).appends.count == limit)
    }
  }
}
