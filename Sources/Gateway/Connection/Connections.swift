import NIOCore
import Synchronization

/// All open connections, so that stopping can tell them, wait for them and, at the end, close them.
final class Connections: Sendable {
  private struct State {
    var open: [ObjectIdentifier: any Channel] = [:]
    var isDraining = false
    var isDrained = false
  }

  private let state = Mutex(State())
  private let draining = Atomic(false)

  /// Comes when draining has begun and no connection is left.
  let drained = OneShot<Void>()

  /// Whether every answer is to be the last one on its connection.
  var isDraining: Bool { draining.load(ordering: .relaxed) }

  /// How many are open.
  var count: Int { state.withLock { $0.open.count } }

  /// Takes a connection in. False when the last one has gone already, so that this one must be closed.
  func opened(_ channel: any Channel) -> Bool {
    state.withLock { state in
      guard !state.isDrained else { return false }
      state.open[ObjectIdentifier(channel)] = channel
      return true
    }
  }

  /// Forgets a connection that has ended.
  func closed(_ channel: any Channel) {
    state.withLock { _ = $0.open.removeValue(forKey: ObjectIdentifier(channel)) }
    resolveIfDrained()
  }

  /// From now on every answer says `Connection: close`.
  func beginDraining() {
    draining.store(true, ordering: .relaxed)
    state.withLock { $0.isDraining = true }
    resolveIfDrained()
  }

  /// Tells every connection something; each one hears it on its own event loop.
  func tell(_ event: some Sendable) {
    for channel in all() { channel.pipeline.fireUserInboundEventTriggered(event) }
  }

  /// Closes every connection, whatever it is doing.
  func closeAll() {
    for channel in all() { channel.close(promise: nil) }
  }

  private func all() -> [any Channel] { state.withLock { Array($0.open.values) } }

  private func resolveIfDrained() {
    let isDrained = state.withLock { state in
      guard state.isDraining, state.open.isEmpty else { return false }
      state.isDrained = true
      return true
    }
    if isDrained { drained.resolve(.success(())) }
  }
}
