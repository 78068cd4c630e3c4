/// Addresses that begin alike: one address, or a network such as `196.201.214.0/24`.
public struct AddressRange: Hashable, Sendable, CustomStringConvertible {
  /// The first address.
  let first: IPAddress
  /// How many leading bits all of them share, of 128.
  let sharedBits: Int

  /// One address.
  init(_ address: IPAddress) {
    first = address
    sharedBits = 128
  }

  /// Reads an address, or a network in CIDR notation (RFC 4632, 3.1; RFC 4291, 2.3).
  /// - Throws: ``AddressError``, naming the entry.
  public init(_ entry: some StringProtocol) throws(AddressError) {
    let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let text = parts.first, let address = IPAddress(text) else { throw AddressError(entry, .notAnAddress) }
    // A prefix counts the bits of the form that was written: ::ffff:192.0.2.0/120 is 192.0.2.0/24.
    let width = text.contains(":") ? 128 : 32
    var prefix = width
    if parts.count == 2 {
      guard (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
        let number = Int(parts[1]), number <= width
      else { throw AddressError(entry, .badPrefix(longest: width)) }
      prefix = number
    }
    first = address
    sharedBits = prefix + 128 - width
    guard address.number & hostBits == 0 else {
      let network = IPAddress(number: address.number & ~hostBits)
      throw AddressError(entry, .bitsBehindPrefix(meant: "\(network)/\(network.isIPv4 ? sharedBits - 96 : sharedBits)"))
    }
  }

  /// The last address.
  var last: IPAddress { IPAddress(number: first.number | hostBits) }

  private var hostBits: UInt128 { sharedBits == 0 ? .max : (1 << (128 - sharedBits)) - 1 }

  /// The address, or the network in CIDR notation.
  public var description: String {
    guard sharedBits < 128 else { return "\(first)" }
    return first.isIPv4 && sharedBits >= 96 ? "\(first)/\(sharedBits - 96)" : "\(first)/\(sharedBits)"
  }
}

/// Why an entry of a list of addresses cannot be used.
public struct AddressError: Error, Hashable, Sendable, CustomStringConvertible {
  enum Reason: Hashable, Sendable {
    case notAnAddress
    case badPrefix(longest: Int)
    case bitsBehindPrefix(meant: String)
    case tooMany(limit: Int)
  }

  /// The longest part of an entry that is shown, in characters.
  static let shownLength = 60

  let entry: String
  let reason: Reason

  init(_ entry: some StringProtocol, _ reason: Reason) {
    self.entry = String(entry.prefix(Self.shownLength))
    self.reason = reason
  }

  /// Which entry, what is wrong with it, and what to write instead.
  public var description: String {
    switch reason {
    case .notAnAddress:
      "\"\(entry)\" is no IP address. Write addresses such as 196.201.214.200 or networks such as 196.201.214.0/24; "
        + "names are not looked up."
    case .badPrefix(let longest): "\"\(entry)\" must end in a number of bits from 0 to \(longest) behind the slash."
    case .bitsBehindPrefix(let meant): "\"\(entry)\" names a network by an address inside it. Write \(meant)."
    case .tooMany(let limit): "The list has more than \(limit) entries, from \"\(entry)\" on. Write networks instead."
    }
  }
}
