import Foundation

/// Where a service manager listens to what a daemon tells it.
final class ManagerSocket {
  let path: String
  private let descriptor: CInt

  init(in directory: String) throws {
    path = directory + "/notify"
    descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let bound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard bound == 0 else { throw PassedSocket.Failed(call: "bind") }
  }

  /// Messages up to one that contains this; nil if it does not come in time.
  func messages(until text: String, within limit: Duration = .seconds(30)) async throws -> [String]? {
    var messages: [String] = []
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
      var bytes = [UInt8](repeating: 0, count: 8_192)
      let count = recv(descriptor, &bytes, bytes.count, CInt(MSG_DONTWAIT))
      guard count >= 0 else {
        try await Task.sleep(for: .milliseconds(5))
        continue
      }
      messages.append(String(decoding: bytes.prefix(count), as: UTF8.self))
      if messages.last?.contains(text) == true { return messages }
    }
    return nil
  }

  deinit { close(descriptor) }
}
