import Foundation
import NIOCore
import NIOPosix
import Synchronization

@testable import mpesad

/// Clients that post callbacks one after the other and keep their own ledger of what was acknowledged.
final class CallbackClient: Sendable {
  private let load: CallbackLoad
  private let next: Atomic<Int>
  private let acknowledged = Mutex<Set<Int>>([])
  private let refused = Atomic(0)

  init(_ load: CallbackLoad) {
    self.load = load
    next = Atomic(0)
  }

  /// Indexes that were answered 200.
  var ledger: Set<Int> { acknowledged.withLock { $0 } }
  /// How many were answered otherwise.
  var refusals: Int { refused.load(ordering: .relaxed) }
  /// How many were begun.
  var begun: Int { min(next.load(ordering: .relaxed), load.count) }

  /// Posts over this many connections until the server goes away, `most` were begun in all, or somebody calls for the end.
  func post(to port: Int, connections: Int, most: Int = .max, until stopped: @escaping @Sendable () -> Bool = { false })
    async
  {
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<connections {
        group.addTask { try? await self.postOnOneConnection(port, most, stopped) }
      }
    }
  }

  private func postOnOneConnection(_ port: Int, _ most: Int, _ stopped: @Sendable () -> Bool) async throws {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
        }
      }
    try await channel.executeThenClose { inbound, outbound in
      var answers = inbound.makeAsyncIterator()
      var received = ByteBuffer()
      while !stopped() {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < min(most, load.count) else { return }
        try await outbound.write(load.request(index))
        var status = AnswerHead.takeAnswer(from: &received)
        while status == nil {
          guard var chunk = try await answers.next() else { return }
          received.writeBuffer(&chunk)
          status = AnswerHead.takeAnswer(from: &received)
        }
        if status == 200 {
          acknowledged.withLock { _ = $0.insert(index) }
        } else {
          refused.wrappingAdd(1, ordering: .relaxed)
        }
      }
    }
  }
}
