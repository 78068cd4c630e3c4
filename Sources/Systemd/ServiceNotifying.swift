/// Somebody who is told how a service is doing: its manager, or nobody.
public protocol ServiceNotifying: Sendable {
  /// Tells all of it in one message. Never waits for an answer.
  func notify(_ notices: [ServiceNotice])
}

extension ServiceNotifying {
  /// Tells all of it in one message. Never waits for an answer.
  public func notify(_ notices: ServiceNotice...) { notify(notices) }
}

/// Tells nobody: off systemd, and in tests that do not look.
public struct SilentNotifier: ServiceNotifying {
  /// One that does nothing.
  public init() {}

  public func notify(_ notices: [ServiceNotice]) {}
}

extension ServiceNotifying where Self == SilentNotifier {
  /// Tells nobody.
  public static var silent: SilentNotifier { SilentNotifier() }
}
