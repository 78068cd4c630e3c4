import Gateway

extension Settings {
  /// From where callbacks may come.
  struct Callbacks: Hashable, Sendable {
    /// What becomes of a callback from an address that is not on the list.
    enum Policy: String, CaseIterable, Sendable {
      /// Nobody looks.
      case off
      /// It is taken, and told in the log.
      case log
      /// It is refused.
      case enforce
    }

    static let expectedAddresses = "addresses or networks such as 196.201.214.0/24, separated by commas"

    /// Nil for Safaricom's published addresses.
    var sources: AddressList?
    var policy: Policy

    init(_ source: SettingsSource) throws {
      sources = try source.value(.callbackSources, expected: Self.expectedAddresses, Self.addresses)
      policy = try source.value(
        .callbackPolicy, default: .log, expected: "off, log or enforce", Policy.init(rawValue:))
    }

    static func addresses(_ text: String) -> AddressList? {
      guard let list = try? AddressList(parsing: text), !list.isEmpty else { return nil }
      return list
    }
  }
}
