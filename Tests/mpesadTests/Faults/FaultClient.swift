import Foundation
import NIOCore
import Synchronization

@testable import mpesad

/// Posts callbacks at a moderate rate to whichever process serves, and keeps the ledger of what was acknowledged, body by body.
///
/// Each callback is posted once: what got no 200 may or may not be in the inbox, what got one must be.
final class FaultClient: Sendable {
  /// Callbacks kept back for questions in the end.
  static let reserved = 20
  static let connections = 4
  /// Between two callbacks on one connection.
  private static let pause: useconds_t = 8_000

  private let load: CallbackLoad
  private let port: @Sendable () -> Int?
  private let next = Atomic(0)
  private let nextReserved: Atomic<Int>
  private let isOver = Atomic(false)
  private let answers = Mutex<[Int: Int]>([:])
  private let working = DispatchGroup()

  /// - Parameter port: where the daemon serves now; nil while it does not.
  init(_ load: CallbackLoad, port: @escaping @Sendable () -> Int?) {
    self.load = load
    self.port = port
    nextReserved = Atomic(load.count - Self.reserved)
  }

  /// The callbacks that were answered 200.
  var ledger: Set<Int> { answers.withLock { Set($0.filter { $0.value == 200 }.keys) } }
  /// How many were answered otherwise.
  var refusals: Int { answers.withLock { $0.values.count { $0 != 200 } } }

  /// Enters a callback in the ledger as if it had been answered 200: for the test of the comparison.
  func pretend(_ index: Int) { answers.withLock { $0[index] = 200 } }

  func start() {
    for _ in 0..<Self.connections {
      working.enter()
      Thread.detachNewThread { [self] in
        while !isOver.load(ordering: .relaxed) {
          if !postOverOneConnection() { usleep(Self.pause) }
        }
        working.leave()
      }
    }
  }

  /// Lets the requests under way be answered and ends.
  func finish() async {
    isOver.store(true, ordering: .relaxed)
    await withCheckedContinuation { continuation in working.notify(queue: .global()) { continuation.resume() } }
  }

  /// Posts one more callback of those kept back.
  /// - Returns: its index, if it was acknowledged.
  func acknowledgesOneMore() -> Int? {
    guard let port = port(), let connection = PlainConnection(port: port) else { return nil }
    let index = nextReserved.load(ordering: .relaxed)
    guard index < load.count else { return nil }
    nextReserved.store(index + 1, ordering: .relaxed)
    guard connection.exchange(load.request(index)) == 200 else { return nil }
    answers.withLock { $0[index] = 200 }
    return index
  }

  /// - Returns: false when it could not post.
  private func postOverOneConnection() -> Bool {
    guard let port = port(), let connection = PlainConnection(port: port) else { return false }
    while !isOver.load(ordering: .relaxed) {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < load.count - Self.reserved else { return false }
      guard let status = connection.exchange(load.request(index)) else { return false }
      answers.withLock { $0[index] = status }
      usleep(Self.pause)
    }
    return true
  }
}
