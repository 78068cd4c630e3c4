/// Bounds on what one simulator holds and waits for, so that a runaway test suite cannot eat the machine it runs on.
public enum SimulatorLimits {
  /// Prompts whose callbacks are still to come. A push above this is answered "System is busy", as the real API does
  /// under load.
  public static let livePrompts = 1_000
  /// Prompts that a query still finds. The oldest is forgotten first and is then unknown to the query.
  public static let rememberedPrompts = 10_000
  /// Events kept for ``DarajaSimulator/events`` and `GET /simulator/events`. The oldest is dropped first.
  public static let events = 10_000
  /// Phone numbers with a programmed story.
  public static let programmedCustomers = 10_000
  /// Largest request body taken, in bytes. The biggest real request is under 1 KiB.
  public static let requestBodyBytes = 64 * 1024
  /// Longest CallBackURL taken, in characters. Longer ones are refused as `Invalid CallBackURL`.
  public static let callbackURLCharacters = 2_048
  /// Connections served at a time; further ones wait in the kernel's queue.
  public static let connections = 1_024
  /// Seconds without a byte after which a client's connection is closed.
  public static let idleConnectionSeconds = 60
  /// Real time, not scaled by the pace, that a merchant has to answer one callback before the delivery counts as
  /// failed.
  public static let callbackAnswer = Duration.seconds(10)
  /// Bytes of a merchant's answer to a callback that are read. Safaricom ignores the body, so there is no reason to
  /// read more.
  public static let callbackAnswerBytes = 16 * 1024
  /// Real time that requests in hand have to finish once a graceful shutdown was asked for.
  public static let shutdown = Duration.seconds(2)
  /// Smallest and largest pace. Below the smallest a timer's own error is larger than what it measures.
  public static let pace = 0.0001...1_000.0
}
