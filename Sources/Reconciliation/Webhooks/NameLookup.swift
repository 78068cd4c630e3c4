import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Finds the addresses behind a name.
enum NameLookup {
  /// Why there are none.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// The addresses of a host, in the system's order of preference. Forms such as `2130706433` or `0x7f.1` count as the address they mean.
  ///
  /// The system's resolver cannot be interrupted: when the task is cancelled the answer is not waited for any longer.
  static func addresses(of host: String, port: Int) async throws -> [SocketAddress] {
    let caller = Caller()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        caller.waits(with: continuation)
        if Task.isCancelled { return caller.resume(.failure(CancellationError())) }
        NIOThreadPool.singleton.submit { state in
          guard case .active = state else { return caller.resume(.failure(CancellationError())) }
          caller.resume(Result { try ask(host, port) })
        }
      }
    } onCancel: {
      caller.resume(.failure(CancellationError()))
    }
  }

  /// Resumed once, by the resolver or by cancellation.
  private final class Caller: Sendable {
    private let continuation = Mutex<CheckedContinuation<[SocketAddress], any Error>?>(nil)

    func waits(with waiting: CheckedContinuation<[SocketAddress], any Error>) {
      continuation.withLock { $0 = waiting }
    }

    func resume(_ result: Result<[SocketAddress], any Error>) {
      let waiting = continuation.withLock { continuation in
        defer { continuation = nil }
        return continuation
      }
      waiting?.resume(with: result)
    }
  }

  private static func ask(_ host: String, _ port: Int) throws -> [SocketAddress] {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let result = getaddrinfo(host, String(port), &hints, &found)
    guard result == 0 else {
      throw Failure(description: "the name cannot be resolved: \(String(cString: gai_strerror(result)))")
    }
    defer { freeaddrinfo(found) }
    var addresses: [SocketAddress] = []
    var next = found
    while let info = next?.pointee {
      if let address = socketAddress(info) { addresses.append(address) }
      next = info.ai_next
    }
    return addresses
  }

  private static func socketAddress(_ info: addrinfo) -> SocketAddress? {
    guard let raw = UnsafeRawPointer(info.ai_addr) else { return nil }
    return switch info.ai_family {
    case AF_INET: SocketAddress(raw.loadUnaligned(as: sockaddr_in.self))
    case AF_INET6: SocketAddress(raw.loadUnaligned(as: sockaddr_in6.self))
    default: nil
    }
  }
}
