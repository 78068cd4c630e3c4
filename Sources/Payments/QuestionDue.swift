public import Daraja

/// How long ago a payment was pushed, as far as it matters to who is asked about first.
public enum PaymentAge: Hashable, Sendable, CaseIterable {
  /// Pushed within ``youngFor``: the shopper is probably still there.
  case young
  /// All others.
  case older

  /// How long a payment counts as young, in microseconds: ten minutes. Nearly all results are final within 90 s, and a shopper who waited
  /// longer than this has left.
  public static let youngFor: Microseconds = 600_000_000

  /// The age of a payment pushed at `createdAt`. A push that lies a little ahead was made before the clock was set back a little; one that
  /// lies far ahead says nothing about its age, and must not stand before those that are young for certain.
  public init(createdAt: Microseconds, at now: Microseconds) {
    let (span, isLong) = now.subtractingReportingOverflow(createdAt)
    self = !isLong && span < Self.youngFor && span > -Self.youngFor ? .young : .older
  }
}

extension Transaction {
  /// Whether its next question is due: its time has come, or lies further ahead than any wait that is planned, so that it was planned on a
  /// wrong clock.
  /// - Parameter longestWait: ``QuerySchedule/longestWait``.
  public func isQuestionDue(at now: Microseconds, longestWait: Microseconds) -> Bool {
    guard let nextQueryAt else { return false }
    return nextQueryAt <= now || nextQueryAt > now + longestWait
  }
}
