/// A number of bytes as people read it: `16.0 MiB`.
public struct ByteCount: Hashable, Sendable, CustomStringConvertible {
  /// How many.
  public let bytes: Int

  /// So many bytes.
  public init(_ bytes: Int) { self.bytes = bytes }

  /// One digit behind the point from a KiB up.
  public var description: String {
    var value = Double(bytes)
    guard value >= 1_024 else { return "\(bytes) bytes" }
    for unit in ["KiB", "MiB", "GiB"] {
      value /= 1_024
      if value < 1_024 { return Self.tenths(value) + " " + unit }
    }
    return Self.tenths(value / 1_024) + " TiB"
  }

  private static func tenths(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
