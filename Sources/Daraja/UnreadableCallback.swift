/// Why bytes are neither an STK callback nor a C2B confirmation.
///
/// The reason is for the quarantine list. It names shapes, keys and byte positions, never the body's own text.
public struct UnreadableCallback: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong, in one sentence.
  public let reason: String

  /// An error with this reason.
  public init(reason: String) {
    self.reason = reason
  }

  /// Same as ``reason``.
  public var description: String { reason }
}
