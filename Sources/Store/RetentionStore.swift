public import Daraja

/// Forgetting bytes that nobody needs any more. What was decided, when and on what evidence stays; so does the SHA-256 of what is removed, so
/// that a copy kept elsewhere can be recognised.
public protocol RetentionStore: Sendable {
  /// Moves the age from which bytes are removed on, by one stride at most, and keeps it: a clock that is ahead must not remove in an hour what
  /// took years to come.
  /// - Parameters:
  ///   - cutoff: where it is to be in the end.
  ///   - stride: how far it moves at most, in microseconds; the first time it begins at the oldest delivery.
  /// - Returns: where it is now, never behind `cutoff`.
  func moveCutoff(to cutoff: Microseconds, stride: Microseconds) async throws -> Microseconds

  /// Removes the bytes of settled deliveries that came before a time. Deliveries in any other state are never touched, and neither is evidence
  /// of a payment that is pending, in review, or was ruled on by a person at that time or later: it is looked at again in later rounds.
  /// - Parameter limit: at most so many deliveries behind those that were looked at before are looked at.
  func purgeDeliveries(receivedBefore cutoff: Microseconds, limit: Int, at now: Microseconds) async throws -> Purge

  /// Removes the payloads and the attempts of events that were delivered before a time, or had nobody to be told. Parked ones are not touched.
  /// - Parameter limit: at most so many events.
  func purgeOutbox(finishedBefore cutoff: Microseconds, limit: Int, at now: Microseconds) async throws -> Purge
}

/// One step of forgetting.
public struct Purge: Hashable, Sendable {
  /// How many rows lost their bytes.
  public var count: Int
  /// Whether another step would find more.
  public var goesOn: Bool

  /// A step as it went.
  public init(count: Int, goesOn: Bool) {
    self.count = count
    self.goesOn = goesOn
  }
}
