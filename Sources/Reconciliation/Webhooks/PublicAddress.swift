import NIOCore

/// Tells the public internet from everything else: a merchant's webhook address must not reach into the house it is sent from.
enum PublicAddress {
  /// What an address belongs to that is not of the public internet, as people call it; nil for a public one.
  ///
  /// By the special-purpose registries of IANA (RFC 6890 and its updates). IPv6 forms that carry an IPv4 address are judged by that address too.
  static func objection(to address: SocketAddress) -> String? {
    switch address {
    case .v4(let four):
      withUnsafeBytes(of: four.address.sin_addr) { objection(toIPv4: UInt32(bigEndian: $0.load(as: UInt32.self))) }
    case .v6(let six):
      withUnsafeBytes(of: six.address.sin6_addr) { bytes in
        objection(toIPv6: UInt128(bigEndian: bytes.loadUnaligned(as: UInt128.self)))
      }
    case .unixDomainSocket: "a socket of this host"
    }
  }

  private static let ipv4: [(network: UInt32, bits: Int, name: String)] = [
    (0x0000_0000, 8, "this network"), (0x0A00_0000, 8, "a private network"),
    (0x6440_0000, 10, "a carrier's own network"),
    (0x7F00_0000, 8, "this host"), (0xA9FE_0000, 16, "the local link, where clouds keep their metadata"),
    (0xAC10_0000, 12, "a private network"), (0xC000_0000, 24, "protocol assignments"),
    (0xC000_0200, 24, "documentation"), (0xC058_6300, 24, "6to4 relays"), (0xC0A8_0000, 16, "a private network"),
    (0xC612_0000, 15, "benchmarks"), (0xC633_6400, 24, "documentation"), (0xCB00_7100, 24, "documentation"),
    (0xE000_0000, 4, "multicast"), (0xF000_0000, 4, "reserved addresses"),
  ]

  private static func objection(toIPv4 address: UInt32) -> String? {
    ipv4.first { address >> (32 - $0.bits) == $0.network >> (32 - $0.bits) }?.name
  }

  private static func objection(toIPv6 address: UInt128) -> String? {
    // Mapped (::ffff:0:0/96), NAT64 (64:ff9b::/96) and 6to4 (2002::/16): what counts is the address inside.
    if address >> 32 == 0xFFFF || address >> 32 == 0x0064_FF9B << 64 {
      return objection(toIPv4: UInt32(truncatingIfNeeded: address))
    }
    if address >> 112 == 0x2002 { return objection(toIPv4: UInt32(truncatingIfNeeded: address >> 80)) }
    // Only 2000::/3 has been given out as public.
    guard address >> 125 == 0b001 else {
      return address == 1 ? "this host" : address >> 120 == 0xFF ? "multicast" : "a private or reserved network"
    }
    if address >> 105 == 0x2001 << 7 { return "protocol assignments" }
    if address >> 96 == 0x2001_0DB8 || address >> 108 == 0x3FFF << 4 { return "documentation" }
    return nil
  }
}
