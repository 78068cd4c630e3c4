import Testing

@testable import Gateway

@Suite struct AddressListTests {
  @Test(arguments: [
    ("196.201.214.200", "196.201.214.200"), ("::1", "::1"), ("2001:DB8:0:0::1", "2001:db8::1"), ("0.0.0.0", "0.0.0.0"),
    ("::ffff:196.201.214.200", "196.201.214.200"), ("::ffff:c4c9:d6c8", "196.201.214.200"), ("::", "::"),
    ("fe80::ffff:ffff:ffff:ffff", "fe80::ffff:ffff:ffff:ffff"),
  ])
  func addressesHaveOneForm(text: String, form: String) {
    #expect(IPAddress(text)?.description == form)
  }

  @Test(arguments: [
    "", "196.201.214", "196.201.214.256", "196.201.214.200 ", "1.2.3.4\0", "1.2.3.4\0.5", "01.2.3.4", "0x1.2.3.4",
    "1.2.3.4:80", "[::1]", "fe80::1%eth0", ":::", "1::2::3", "localhost", "１.2.3.4",
    String(repeating: "1", count: 9_000),
  ])
  func whatIsNoAddressIsNone(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test(arguments: [
    ("196.201.214.200", ["196.201.214.200"], ["196.201.214.199", "196.201.214.201", "::", "::c4c9:d6c8"]),
    ("196.201.212.0/22", ["196.201.212.0", "196.201.215.255"], ["196.201.211.255", "196.201.216.0"]),
    ("0.0.0.0/0", ["0.0.0.0", "255.255.255.255", "::ffff:1.2.3.4"], ["::1", "2001:db8::"]),
    ("::/0", ["::", "1.2.3.4", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"], []),
    ("2001:db8::/32", ["2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"], ["2001:db7:ffff::", "2001:db9::"]),
    ("2001:db8::1/128", ["2001:db8::1"], ["2001:db8::", "2001:db8::2"]),
    ("::ffff:192.0.2.0/120", ["192.0.2.0", "192.0.2.255"], ["192.0.3.0", "192.0.1.255"]),
  ])
  func networksHoldWhatBeginsLikeThem(entry: String, inside: [String], outside: [String]) throws {
    let list = try AddressList(parsing: entry)
    for text in inside { #expect(list.contains(.ip(try #require(IPAddress(text)))), "\(text)") }
    for text in outside { #expect(!list.contains(.ip(try #require(IPAddress(text)))), "\(text)") }
  }

  @Test(arguments: [
    ("10.0.0.0/8", "10.0.0.0/8"), ("10.1.2.3/32", "10.1.2.3"), ("::ffff:10.0.0.0/104", "10.0.0.0/8"), ("::/0", "::/0"),
    ("2001:DB8::/32", "2001:db8::/32"), ("::1/128", "::1"), (" 10.0.0.1,, 10.0.0.2\n\t::1 ", "10.0.0.1, 10.0.0.2, ::1"),
    ("local 127.0.0.1", "127.0.0.1, local"), ("", ""),
  ])
  func listsReadBackAsWritten(text: String, form: String) throws {
    let list = try AddressList(parsing: text)
    #expect(list.description == form)
    #expect(try AddressList(parsing: list.description) == list)
  }

  @Test(arguments: [
    ("10.0.0.1, elsewhere, 10.0.0.2", "\"elsewhere\" is no IP address"), ("10.0.0.0/33", "from 0 to 32"),
    ("::/129", "from 0 to 128"), ("10.0.0.0/", "\"10.0.0.0/\""), ("10.0.0.0/-1", "from 0 to 32"),
    ("10.0.0.0/8/8", "from 0 to 32"), ("10.0.0.0/+8", "from 0 to 32"), ("196.201.214.200/24", "Write 196.201.214.0/24"),
    ("2001:db8::1/32", "Write 2001:db8::/32"), ("/8", "\"/8\" is no IP address"), ("Local", "\"Local\""),
    (String(repeating: "x", count: 5_000), "\"" + String(repeating: "x", count: 60) + "\""),
  ])
  func aWrongEntryIsNamed(text: String, told: String) {
    let error = #expect(throws: AddressError.self) { try AddressList(parsing: text) }
    #expect(error?.description.contains(told) == true, "\(error?.description ?? "")")
  }

  @Test func aListHasALimit() throws {
    let many = (0...AddressList.limit).map { "10.0.\($0 / 256).\($0 % 256)" }
    #expect(try AddressList(parsing: many.dropLast().joined(separator: ",")).ranges.count == AddressList.limit)
    let error = #expect(throws: AddressError.self) { try AddressList(parsing: many.joined(separator: ",")) }
    #expect(error?.description.contains("\(AddressList.limit)") == true)
  }

  @Test func overlappingNetworksHoldWhatOneOfThemHolds() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<200 {
      // A small corner of the address space, so that networks overlap, nest and touch.
      let ranges = try (0..<Int.random(in: 1...12, using: &random)).map { _ in
        let bits = Int.random(in: 24...32, using: &random)
        let host = UInt32.random(in: 0...255, using: &random) & ~UInt32((UInt64(1) << (32 - bits)) - 1)
        return try AddressRange("192.0.2.\(host)/\(bits)")
      }
      let list = AddressList(ranges)
      for host in 0...255 {
        let address = try #require(IPAddress("192.0.2.\(host)"))
        let held = ranges.contains { $0.first <= address && address <= $0.last }
        #expect(list.contains(.ip(address)) == held, "\(address) in \(list)")
      }
    }
  }

  @Test func unixSocketsAreOnAListThatSaysSo() throws {
    #expect(try AddressList(parsing: "local").contains(.local))
    #expect(try !AddressList(parsing: "0.0.0.0/0, ::/0").contains(.local))
    #expect(try !AddressList(parsing: "local, ::/0").contains(.unknown), "who is gone is on no list")
    #expect(AddressList().isEmpty && !AddressList().contains(.local))
  }

  @Test func safaricomsListIsTheOneThatItHandsOutAndTwoMore() throws {
    let list = SafaricomAddresses.list
    #expect(try AddressList(parsing: list.description) == list)
    #expect(list.ranges.count == 14 && Set(list.ranges).count == 14)
    // Seen as real sources of callbacks.
    for seen in ["196.201.212.127", "196.201.212.69", "196.201.212.138"] {
      #expect(list.contains(.ip(try #require(IPAddress(seen)))))
    }
  }
}
