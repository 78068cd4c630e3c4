/// How long each step of a payment takes, before ``SimulatorConfiguration/pace`` scales it.
///
/// The defaults are the figures of real traffic where there are any: pushes answered in 0.9 s (median of sandbox logs,
/// October 2025), prompts that live about a minute. No callback is sent before the push was answered, however short its
/// delay, except in ``Story/callbackFirst``.
public struct SimulatorDelays: Sendable, Equatable {
  /// From the push request to its answer.
  public var pushAnswer: Duration = .milliseconds(900)
  /// From the push to the customer's PIN, cancellation or refusal, and so to the callback.
  public var customerAnswers: Duration = .seconds(3)
  /// From the push to the 1037 of a prompt that nobody touched.
  public var promptTimesOut: Duration = .seconds(60)
  /// From one callback to its duplicate.
  public var duplicate: Duration = .seconds(2)
  /// From the 1037 to the success that follows it in ``Story/lateSuccess``.
  public var lateSuccess: Duration = .seconds(30)
  /// From the push to the stranger's post in ``Story/forged``.
  public var forgery: Duration = .seconds(5)
  /// From the push to the callback in ``Story/noiseAfterFinal``: late, so that a query learns the result first.
  public var lateCallback: Duration = .seconds(90)

  /// The defaults above.
  public init() {}

  var all: [(name: String, value: Duration)] {
    [
      ("pushAnswer", pushAnswer), ("customerAnswers", customerAnswers), ("promptTimesOut", promptTimesOut),
      ("duplicate", duplicate), ("lateSuccess", lateSuccess), ("forgery", forgery), ("lateCallback", lateCallback),
    ]
  }
}
