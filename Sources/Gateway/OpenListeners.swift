import NIOCore
import ServiceLifecycle

/// Sockets that accept connections, until they are closed or close by themselves.
struct OpenListeners: Sendable {
  /// Why accepting ends.
  enum End { case gracefulShutdown, cancelled, closed }

  let channels: [any Channel]
  /// The event loops that serve what is accepted.
  let group: any EventLoopGroup

  /// An accepted connection is prepared on its own event loop, announced on the listener's, and registered on its own
  /// again.
  private static let turnsOfAnAccept = 3

  /// Waits for the end of the service or of the first socket.
  func end() async -> End {
    let closed = OneShot<Void>()
    for channel in channels { channel.closeFuture.whenComplete { _ in closed.resolve(.success(())) } }
    return await withTaskGroup(of: End.self) { group in
      group.addTask {
        do {
          try await gracefulShutdown()
          return .gracefulShutdown
        } catch {
          return .cancelled
        }
      }
      group.addTask {
        do {
          try await closed.value()
          return .closed
        } catch {
          return .cancelled
        }
      }
      let first = await group.next() ?? .cancelled
      group.cancelAll()
      return first
    }
  }

  /// Stops accepting. What the kernel has handed over already is served: a connection dropped here could be a
  /// callback's. Only this process's copies of the sockets are closed: where others hold one too, as a service manager does,
  /// whoever comes now waits in its queue.
  func close() async {
    for channel in channels {
      channel.pipeline.fireUserInboundEventTriggered(AcceptingEnds())
      try? await channel.setOption(.autoRead, value: false).get()
    }
    for _ in 0..<Self.turnsOfAnAccept {
      for loop in group.makeIterator() { try? await loop.submit {}.get() }
    }
    for channel in channels { try? await channel.close().get() }
  }
}
