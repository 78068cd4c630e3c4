import Foundation

/// The network of a machine. A socket belongs for ever to the network in which its thread was when it made it, so this process can have
/// clients inside.
final class MachineNetwork: Sendable {
  private let namespace: Int32

  /// - Returns: nil when the process has none.
  init?(of process: pid_t) {
    namespace = open("/proc/\(process)/ns/net", O_RDONLY | O_CLOEXEC)
    guard namespace >= 0 else { return nil }
  }

  deinit { close(namespace) }

  /// Runs this on a new thread, whose sockets are the machine's. The thread is never given back to a pool.
  func thread(_ body: @escaping @Sendable () -> Void) {
    Thread.detachNewThread {
      Self.enter(self.namespace)
      body()
    }
  }

  /// Runs this on a thread inside, and waits for it.
  func inside<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      thread { continuation.resume(with: Result { try body() }) }
    }
  }

  /// Glibc's module leaves setns(2) out.
  private static func enter(_ namespace: Int32) {
    typealias Function = @convention(c) (Int32, Int32) -> Int32
    let symbol = dlsym(nil, "setns")
    precondition(symbol != nil, "this C library has no setns")
    let status = unsafeBitCast(symbol, to: Function.self)(namespace, 0)
    precondition(status == 0, "cannot enter the machine's network: \(String(cString: strerror(errno)))")
  }
}
