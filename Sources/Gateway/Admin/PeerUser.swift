import NIOCore

#if canImport(Glibc)
  import Glibc
#endif

/// A user of this host, for deciding who may operate the daemon and for the audit trail.
public struct PeerUser: Hashable, Sendable {
  /// Bytes enough for any entry of the user database.
  private static let entryBytes = 16_384

  /// The kernel's `struct ucred`, which Swift does not see.
  private struct Credentials {
    var process: pid_t = 0
    var user: uid_t = 0
    var group: gid_t = 0
  }

  /// The user's number.
  public let number: uid_t

  /// The user that this process runs as.
  public static var own: PeerUser { PeerUser(number: geteuid()) }

  /// The user with this number.
  public init(number: uid_t) { self.number = number }

  /// Who connected to a Unix socket, as the kernel noted it at that moment (`man 7 unix`, SO_PEERCRED).
  init(of channel: any Channel) async throws {
    guard let provider = channel as? any SocketOptionProvider else { throw ChannelError.operationUnsupported }
    let credentials: Credentials = try await provider.unsafeGetSocketOption(
      level: .socket, name: .init(rawValue: SO_PEERCRED)
    ).get()
    number = credentials.user
  }

  /// True for root and for the user that this process runs as.
  var mayOperate: Bool { number == 0 || number == geteuid() }

  /// The login name; the number where the host knows none.
  public var name: String {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    var buffer = [CChar](repeating: 0, count: Self.entryBytes)
    guard getpwuid_r(number, &entry, &buffer, buffer.count, &found) == 0, found != nil, let name = entry.pw_name else {
      return "user \(number)"
    }
    return String(cString: name)
  }
}
