import Foundation
import NIOCore
import Synchronization

@testable import mpesad

/// Clients that never give up: they post callbacks one after the other, whatever becomes of the server, and keep their own ledger of how each
/// one ended.
final class SteadyClient: Sendable {
  /// What became of a request that was not answered.
  enum Loss: Hashable, Sendable {
    /// Nobody listened.
    case refused
    /// The connection ended before the answer: a reset, or an end without one.
    case broken
  }

  private let load: CallbackLoad
  private let port: Int
  private let keepsAlive: Bool
  private let next = Atomic(0)
  private let isOver = Atomic(false)
  private let answers = Mutex<[Int: Int]>([:])
  private let losses = Mutex<[Loss: Int]>([:])
  private let working = DispatchGroup()

  init(_ load: CallbackLoad, port: Int, keepsAlive: Bool) {
    self.load = load
    self.port = port
    self.keepsAlive = keepsAlive
  }

  /// Indexes that were answered 200.
  var ledger: Set<Int> { answers.withLock { Set($0.filter { $0.value == 200 }.keys) } }
  /// How many were answered otherwise.
  var refusals: Int { answers.withLock { $0.values.count { $0 != 200 } } }
  /// How many ended without an answer.
  var lost: [Loss: Int] { losses.withLock { $0 } }

  /// Begins to post over this many connections at once.
  func start(_ connections: Int) {
    for _ in 0..<connections {
      Thread.detachNewThread(working) { [self] in
        while !isOver.load(ordering: .relaxed), postOverOneConnection() {}
      }
    }
  }

  /// Lets the requests under way be answered and ends.
  func finish() async {
    isOver.store(true, ordering: .relaxed)
    await withCheckedContinuation { continuation in
      working.notify(queue: .global()) { continuation.resume() }
    }
  }

  /// - Returns: false when all of the load was posted.
  private func postOverOneConnection() -> Bool {
    guard let descriptor = connected() else { return true }
    defer { close(descriptor) }
    repeat {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < load.count else { return false }
      guard let (status, stays) = exchange(load.request(index), over: descriptor) else {
        losses.withLock { $0[.broken, default: 0] += 1 }
        return true
      }
      answers.withLock { $0[index] = status }
      if !keepsAlive || !stays { return true }
    } while !isOver.load(ordering: .relaxed)
    return true
  }

  private func connected() -> CInt? {
    let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      losses.withLock { $0[.refused, default: 0] += 1 }
      close(descriptor)
      return nil
    }
    return descriptor
  }

  /// - Returns: the status, and whether the server keeps the connection; nil when it ended first.
  private func exchange(_ request: ByteBuffer, over descriptor: CInt) -> (status: Int, stays: Bool)? {
    let bytes = Array(request.readableBytesView)
    guard send(descriptor, bytes, bytes.count, CInt(MSG_NOSIGNAL)) == bytes.count else { return nil }
    var received = ByteBuffer()
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0 else { return nil }
      received.writeBytes(chunk[..<count])
      let text = String(buffer: received)
      if let status = AnswerHead.takeAnswer(from: &received) {
        return (status, !text.lowercased().contains("connection: close"))
      }
    }
  }
}

extension Thread {
  /// Runs something on a thread of its own, as a member of a group.
  fileprivate static func detachNewThread(_ group: DispatchGroup, _ body: @escaping @Sendable () -> Void) {
    group.enter()
    detachNewThread {
      body()
      group.leave()
    }
  }
}
