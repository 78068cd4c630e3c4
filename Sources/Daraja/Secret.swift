/// A credential. It prints as `[secret]` everywhere, so that a log, an error or a debugger dump of something that holds
/// it does not give it away.
public struct Secret: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  private let value: String

  /// Wraps a credential.
  public init(_ value: String) {
    self.value = value
  }

  /// The credential itself, for the one place that has to send it.
  public func reveal() -> String { value }

  /// `[secret]`, always.
  public var description: String { "[secret]" }

  /// `[secret]`, always.
  public var debugDescription: String { "[secret]" }

  /// Shows nothing of the value.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
