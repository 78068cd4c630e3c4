import CSystemd

/// What kind of entry of the journal this is: 128 bits, the same in every release, under which the message catalog explains it
/// (`MESSAGE_ID=`, sd-id128(3)).
public struct MessageID: Sendable, Hashable, CustomStringConvertible {
  /// The 32 lower-case hexadecimal digits.
  public let description: String

  /// - Parameter digits: 32 hexadecimal digits, of either case.
  /// - Returns: nil for anything else, and for the identifier of nothing, which is all zeros.
  public init?(_ digits: String) {
    var id = sd_id128_t()
    // The library would take the form with hyphens as well.
    guard digits.utf8.count == 32, sd_id128_from_string(digits, &id) == 0, id.qwords != (0, 0) else { return nil }
    description = digits.lowercased()
  }
}
