import Daraja
import Hummingbird
import NIOCore
import Payments
import Reconciliation
import Store

/// One open stream: writes what is committed about a transaction, line by line, until the payment is over.
///
/// Nothing is kept for a slow reader: the next lines are read from the ledger when the ones before have left.
struct TransactionStream: Sendable {
  /// What the ledger is asked with.
  typealias Ledger = PaymentStore & TimelineReading

  /// Lines read at once.
  static let page = 50
  /// How long a client waits before it connects again, in milliseconds.
  static let retryMilliseconds = 3_000

  let id: TransactionID
  let ledger: any Ledger
  let isForStaff: Bool
  let heartbeat: Duration
  let lifetime: Duration
  /// Let go of with the stream, also where it is never written: for a HEAD request, or a client that left.
  let place: StreamPlaces.Place
  /// Tells who asks Safaricom that this payment is watched.
  let watch: @Sendable (TransactionID) async -> Void

  /// Writes until the payment is over, the ticks end, the lifetime is over, or the client is gone.
  /// - Parameters:
  ///   - last: the last line that the client has; nil to begin with the newest.
  ///   - ticks: come after each change.
  func write(after last: Int64?, ticks: AsyncStream<Void>, to writer: inout any ResponseBodyWriter) async throws {
    try await writer.write(ServerSentEvent.retry(milliseconds: Self.retryMilliseconds))
    let (wakes, wake) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let helpers = [
      Task {
        for await _ in ticks { wake.yield() }
        wake.finish()
      },
      Task {
        while (try? await Task.sleep(for: heartbeat)) != nil { wake.yield() }
      },
      Task {
        guard (try? await Task.sleep(for: lifetime)) != nil else { return }
        wake.finish()
      },
    ]
    defer { for helper in helpers { helper.cancel() } }
    var last = last
    var isOver = try await writeNews(&last, to: &writer) == .over
    if isOver { return }
    await watch(id)
    for await _ in wakes {
      switch try await writeNews(&last, to: &writer) {
      case .nothing: try await writer.write(ServerSentEvent.heartbeat)
      case .some: break
      case .over: isOver = true
      }
      if isOver { return }
      await watch(id)
    }
  }

  private enum News { case nothing, some, over }

  private func writeNews(_ last: inout Int64?, to writer: inout any ResponseBodyWriter) async throws -> News {
    var news = News.nothing
    while true {
      // The lines first: what is read of the transaction after them is at least as new.
      let lines: [NumberedEvent]
      if let last {
        lines = try await ledger.timeline(of: id, after: last, limit: Self.page)
      } else {
        lines = try await ledger.lastEvent(of: id).map { [$0] } ?? []
      }
      guard let transaction = try await ledger.transaction(id) else { return .over }
      for line in lines {
        try await writer.write(
          ServerSentEvent.event("transaction", id: line.number, data: data(transaction, line)))
        last = line.number
        news = .some
      }
      if lines.count < Self.page { return transaction.isOver && news == .some ? .over : news }
    }
  }

  private func data(_ transaction: Transaction, _ line: NumberedEvent) -> JSONValue {
    .object([
      .init("event", TransactionJSON.line(line, isForStaff: isForStaff)),
      .init("transaction", TransactionJSON.facts(transaction)),
    ])
  }
}

extension Transaction {
  /// Whether the payment has ended as far as somebody who watches it is concerned.
  var isOver: Bool { status == .completed || status == .failed }
}
