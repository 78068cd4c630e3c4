import Synchronization

/// Counts how often a loop came round, so that somebody else can see that it gets on.
public final class Turns: Sendable {
  private let counted = Atomic(0)

  /// How often so far.
  public var count: Int { counted.load(ordering: .relaxed) }

  func next() { counted.wrappingAdd(1, ordering: .relaxed) }
}
