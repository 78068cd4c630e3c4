import NIOCore
import Testing

@testable import Gateway

@Suite struct PeerAddressTests {
  @Test(arguments: [
    ("196.201.214.200", "196.201.214.200"), ("::1", "::1"), ("::ffff:196.201.214.200", "196.201.214.200"),
    ("2001:db8::1", "2001:db8::1"),
  ])
  func addressesHaveOneForm(address: String, text: String) throws {
    #expect(PeerAddress.text(of: try SocketAddress(ipAddress: address, port: 4_711)) == text)
  }

  @Test func aUnixSocketHasNone() throws {
    #expect(PeerAddress.text(of: try SocketAddress(unixDomainSocketPath: "/x")) == "local")
    #expect(PeerAddress.text(of: nil) == "local")
  }
}
