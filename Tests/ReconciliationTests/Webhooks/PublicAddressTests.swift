import NIOCore
import Testing

@testable import Reconciliation

@Suite("Addresses that a webhook may reach")
struct PublicAddressTests {
  @Test(
    "Of the public internet",
    arguments: [
      "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
      "128.0.0.0",
      "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
      "196.201.214.200",
      "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700:4700::1111", "2001:4860:4860::8888",
      "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1",
    ])
  func allowed(text: String) throws {
    #expect(PublicAddress.objection(to: try SocketAddress(ipAddress: text, port: 443)) == nil)
  }

  @Test(
    "Of the house, the host, the link or nobody",
    arguments: [
      "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
      "127.255.255.254",
      "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1",
      "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
      "255.255.255.255",
      "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::10.0.0.1",
      "64:ff9b:1::1", "2002:7f00:1::1", "2002:a00:1::1", "2002:c0a8:101::", "fc00::1", "fd12:3456::1", "fe80::1",
      "fec0::1", "ff02::1", "2001::1", "2001:2::1", "2001:db8::1", "3fff::1", "100::1", "fd00:ec2::254", "4000::1",
    ])
  func refused(text: String) throws {
    #expect(PublicAddress.objection(to: try SocketAddress(ipAddress: text, port: 443)) != nil)
  }

  @Test(
    "Other spellings and names of this host are seen through",
    arguments: ["localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.0.0.1", "::1", "::ffff:7f00:1"])
  func spellings(host: String) async throws {
    let addresses = try await NameLookup.addresses(of: host, port: 80)
    #expect(!addresses.isEmpty)
    for address in addresses { #expect(PublicAddress.objection(to: address) != nil, "\(address)") }
  }
}
