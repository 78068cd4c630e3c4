import Synchronization

/// A sign of life of one part of a service: a number that grows while the part gets on.
public struct Pulse: Sendable {
  /// What it belongs to, for people.
  public let name: String
  /// How long it may stand still before the part counts as dead, if that is longer than the watchdog's interval.
  public let patience: Duration
  /// The number. Asked once in each round of the watchdog, so that it may also prompt the part to give a sign.
  public let count: @Sendable () -> Int

  /// A pulse that counts by itself.
  public init(_ name: String, patience: Duration = .zero, count: @escaping @Sendable () -> Int) {
    self.name = name
    self.patience = patience
    self.count = count
  }

  /// A pulse of a part that does nothing unless asked.
  /// - Parameters:
  ///   - question: asks it, and returns when it answered. False is no sign of life. One question is out at a time.
  public static func asking(
    _ name: String, patience: Duration = .zero, _ question: @escaping @Sendable () async -> Bool
  ) -> Pulse {
    let asking = Asking(question: question)
    return Pulse(name, patience: patience) { asking.ask() }
  }

  private final class Asking: Sendable {
    private let state = Mutex((answers: 0, isOut: false))
    private let question: @Sendable () async -> Bool

    init(question: @escaping @Sendable () async -> Bool) { self.question = question }

    func ask() -> Int {
      let (answers, isOut) = state.withLock { state in
        defer { state.isOut = true }
        return state
      }
      if !isOut {
        Task {
          let isAlive = await question()
          state.withLock { $0 = ($0.answers + (isAlive ? 1 : 0), false) }
        }
      }
      return answers
    }
  }
}
