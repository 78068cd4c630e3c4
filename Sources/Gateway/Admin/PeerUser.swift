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

  /// What the kernel calls users that this process's user namespace does not map: under `PrivateUsers=` of systemd, all but root and its
  /// own (user_namespaces(7)).
  static let unmapped: uid_t = 65_534
  /// The longest login name, in bytes (useradd(8)).
  private static let longestName = 32
  /// How a command says on whose behalf it acts.
  public static let header = "Mpesad-Operator"

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

  /// Who acts, for the audit trail. The kernel's word counts where it has one. Of root it does not say who became root, and of users that it
  /// hides only that the socket let them in: there the command's own word is added, as such.
  func actor(claiming claimed: String?) -> String {
    let claimed = claimed.flatMap { Self.isLoginName($0) ? $0 : nil }
    switch (number, claimed) {
    case (0, let claimed?) where claimed != name: return "\(claimed) (as \(name))"
    case (Self.unmapped, let claimed?): return "\(claimed) (unproven)"
    case (Self.unmapped, nil): return "somebody of the group"
    default: return name
    }
  }

  private static func isLoginName(_ text: String) -> Bool {
    (1...longestName).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
          true
        default: false
        }
      }
  }
}
