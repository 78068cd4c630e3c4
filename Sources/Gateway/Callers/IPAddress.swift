public import NIOCore

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An IPv4 or IPv6 address as one number of 128 bits, so that one comparison serves both.
///
/// IPv4 is kept as the addresses `::ffff:0:0/96` (RFC 4291, 2.5.5.2): a client that reaches an IPv6 socket over IPv4 is
/// the same client, and lists of addresses need one form only.
public struct IPAddress: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The longest text of an address, in bytes: IPv6 that ends in an IPv4 address.
  static let longestText = 45
  /// Where IPv4 addresses begin.
  static let firstIPv4: UInt128 = 0xFFFF << 32

  /// The address, most significant byte first.
  let number: UInt128

  init(number: UInt128) { self.number = number }

  /// An IPv4 address by its four bytes.
  init(_ first: UInt8, _ second: UInt8, _ third: UInt8, _ fourth: UInt8) {
    number = [first, second, third, fourth].reduce(0xFFFF) { $0 << 8 | UInt128($1) }
  }

  /// Reads the usual text of an address, without port, brackets or zone; nil when it is none.
  public init?(_ text: some StringProtocol) {
    guard text.utf8.count <= Self.longestText, !text.utf8.contains(0) else { return nil }
    let text = String(text)
    var four = in_addr()
    var six = in6_addr()
    if inet_pton(AF_INET, text, &four) == 1 {
      self.init(four)
    } else if inet_pton(AF_INET6, text, &six) == 1 {
      self.init(six)
    } else {
      return nil
    }
  }

  /// The address of a socket; nil for a Unix socket.
  public init?(_ address: SocketAddress) {
    switch address {
    case .v4(let four): self.init(four.address.sin_addr)
    case .v6(let six): self.init(six.address.sin6_addr)
    case .unixDomainSocket: return nil
    }
  }

  private init(_ four: in_addr) {
    number = Self.firstIPv4 | UInt128(UInt32(bigEndian: four.s_addr))
  }

  private init(_ six: in6_addr) {
    number = withUnsafeBytes(of: six) { UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self)) }
  }

  var isIPv4: Bool { number >> 32 == 0xFFFF }

  public static func < (left: IPAddress, right: IPAddress) -> Bool { left.number < right.number }

  /// The usual text: dotted for IPv4, compressed for IPv6.
  public var description: String {
    if isIPv4 {
      return (0..<4).map { String(UInt8(truncatingIfNeeded: number >> (24 - 8 * $0))) }.joined(separator: ".")
    }
    return withUnsafeBytes(of: number.bigEndian) { bytes in
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: Self.longestText + 1) { text in
        inet_ntop(AF_INET6, bytes.baseAddress, text.baseAddress, socklen_t(text.count)).map { String(cString: $0) }
          ?? "?"
      }
    }
  }
}
