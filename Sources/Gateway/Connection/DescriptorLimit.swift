import Foundation
import NIOCore

#if canImport(Glibc)
  import Glibc
#endif

/// How many descriptors this process may have open, and how many of them are left for connections.
///
/// The rest is for what must never wait for a stranger to go: database, log and spool, key files, the admin socket, and connections to Safaricom
/// and the shop.
public struct DescriptorLimit: Hashable, Sendable {
  /// What the process needs besides connections: 64 to Safaricom, 32 of operators, the shop's, and the files.
  static let reserve = 192
  /// What each event loop needs.
  static let reserveForEachLoop = 4

  /// How many it may have open, as getrlimit(2) says.
  public let limit: Int
  /// How many of them are not for connections. Where there are few in all, half of them.
  public let reserved: Int

  /// - Parameter loops: event loops of this process.
  init(limit: Int, loops: Int) {
    self.limit = limit
    reserved = min(Self.reserve + Self.reserveForEachLoop * loops, limit / 2)
  }

  /// How many of so many connections fit.
  public func connections(of wanted: Int) -> Int { max(min(wanted, limit - reserved), 1) }

  /// Raises this process's own limit to what so many connections need, as far as the system allows. It is never lowered.
  /// - Returns: what is in force then.
  public static func raise(for connections: Int, loops: Int = System.coreCount) -> DescriptorLimit {
    var now = rlimit()
    guard getrlimit(resource, &now) == 0 else { return DescriptorLimit(limit: connections * 2, loops: loops) }
    let wanted = connections + reserve + reserveForEachLoop * loops
    if now.rlim_cur < rlim_t(wanted) {
      var more = now
      more.rlim_cur = min(rlim_t(wanted), now.rlim_max)
      // Where it is refused, the sandbox's doing for instance, what was in force stays so.
      if setrlimit(resource, &more) == 0 { now = more }
    }
    return DescriptorLimit(limit: Int(clamping: now.rlim_cur), loops: loops)
  }

  /// How many more could be opened now; nil where the system does not say.
  static var free: Int? {
    var now = rlimit()
    guard getrlimit(resource, &now) == 0, let open = open else { return nil }
    return max(Int(clamping: now.rlim_cur) - open, 0)
  }

  /// How many are open. Nil where there is no `/proc`, or no descriptor left to read it with.
  private static var open: Int? {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd") else { return nil }
    // Reading the list takes a descriptor of its own.
    return max(names.count - 1, 0)
  }

  private static let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
}
