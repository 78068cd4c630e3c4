public import Daraja

/// When Safaricom is asked about a push that nobody called back about.
///
/// The defaults follow what was measured: a result is final within 90 s as a rule, and queries still answer after two days.
public struct QuerySchedule: Hashable, Sendable {
  /// Offsets from the push, rising, in microseconds. When the last one has passed, a person decides if the answers go on saying nothing.
  public let offsets: [Microseconds]
  /// Each wait is lengthened by up to this share of itself, so that many pushes do not ask together.
  public let jitter: Double

  /// 30 s, 60 s, 2, 5, 15, 60 min, 6 h, 24 h, 48 h.
  public static let standard = QuerySchedule(
    seconds: [30, 60, 120, 300, 900, 3_600, 21_600, 86_400, 172_800], jitter: 0.1)

  /// The longest offset taken, in seconds: 90 days. Nobody has seen a query answered that late, and it keeps the arithmetic bounded.
  public static let longestOffset: Double = 7_776_000

  /// Between two questions after the last offset, in microseconds: an hour. Two useless answers must lie this far apart to count as two,
  /// since Safaricom's noise (500.001.1001) comes in bursts of minutes.
  public static let afterEnd: Microseconds = 3_600_000_000
  /// How often a payment must have been asked about in all before a person decides: the first question after a long outage of ours is never
  /// the last.
  public static let leastQuestions = 3
  /// How far the number of questions stands for the age of a push that was made on another clock, in microseconds. Questions that somebody
  /// asked for count as well, so that it must not put the next one off for hours.
  public static let longestGuess: Microseconds = 900_000_000

  /// A schedule from offsets in seconds; they are sorted, and those that are not positive or above ``longestOffset`` dropped.
  public init(seconds: [Double], jitter: Double) {
    self.offsets = seconds.filter { $0 > 0 && $0 <= Self.longestOffset }.map { Microseconds($0 * 1_000_000) }.sorted()
    self.jitter = Self.share(jitter)
  }

  /// The longest wait between now and the next question that this schedule can plan, in microseconds. What lies further ahead was planned
  /// on a wrong clock, or by an older setting, and is due.
  public var longestWait: Microseconds {
    let gaps = zip(offsets, [0] + offsets).map { $0 - $1 }
    return spread(max(gaps.max() ?? 0, Self.afterEnd), chance: 1)
  }

  /// The first question about a push that is made now; nil when there are no offsets.
  /// - Parameter chance: a number in 0..<1 from the caller's random source.
  public func first(after now: Microseconds, chance: Double) -> Microseconds? {
    offsets.first.map { now + spread($0, chance: chance) }
  }

  /// The next question about a payment that an answer did not settle, or nil when a person is to decide.
  ///
  /// Offsets that passed while nobody could ask are skipped: one question catches up on all of them. After the last one it goes on once an
  /// hour until there were ``leastQuestions`` in all and two useless answers after that offset, ``afterEnd`` apart, and the clock can be
  /// trusted. That Safaricom does not work at all is no answer.
  /// - Parameters:
  ///   - transaction: as it was before the answer.
  ///   - answer: what Safaricom said; nil where there is nothing to ask about, which only time ends.
  ///   - reading: the clock of now. A push from another clock, ahead of it or from before a step, is taken to be as old as the clock runs for
  ///     sure, or as the number of questions suggests, up to ``longestGuess``.
  ///   - chance: a number in 0..<1 from the caller's random source.
  public func next(
    for transaction: Transaction, after answer: QueryAnswer?, at reading: ClockReading, chance: Double
  ) -> Microseconds? {
    let questions = transaction.queries + (answer == nil ? 0 : 1)
    let age = self.age(of: transaction, after: questions, at: reading)
    if let offset = offsets.first(where: { $0 > age }) { return reading.now + spread(offset - age, chance: chance) }
    if reading.isTrusted, isOver(transaction, after: answer, questions, age: age, at: reading) { return nil }
    return reading.now + spread(Self.afterEnd, chance: chance)
  }

  /// How long ago the push was, as far as it is known.
  private func age(of transaction: Transaction, after questions: Int, at reading: ClockReading) -> Microseconds {
    // A clock that is kept right was right before it was doubted, as a rule: a machine that is switched off each night is doubted each morning, and
    // its payments must end too.
    if reading.isTrusted, reading.isSynchronised, transaction.createdAt <= reading.now {
      return reading.now - transaction.createdAt
    }
    let age = reading.elapsed(since: transaction.createdAt)
    if reading.knows(transaction.createdAt) { return age }
    return max(age, offsets.prefix(questions).last { $0 <= Self.longestGuess } ?? 0)
  }

  /// Whether enough was asked, and in vain.
  private func isOver(
    _ transaction: Transaction, after answer: QueryAnswer?, _ questions: Int, age: Microseconds,
    at reading: ClockReading
  ) -> Bool {
    guard let answer else { return true }
    guard answer.isUseless, questions >= Self.leastQuestions, let before = transaction.uselessAnswerAt else {
      return false
    }
    let since = reading.elapsed(since: before)
    return since >= Self.afterEnd && age - since >= offsets.last ?? 0
  }

  private func spread(_ wait: Microseconds, chance: Double) -> Microseconds {
    wait + Microseconds(Double(wait) * jitter * Self.share(chance))
  }

  /// Into 0...1; what is not a number counts as 0.
  private static func share(_ value: Double) -> Double { value > 0 ? min(value, 1) : 0 }
}

extension ClockReading {
  /// Whether the time that has passed since a stored time is known, and not only a lower bound of it.
  func knows(_ stored: Microseconds) -> Bool { stored <= now && !(isDoubted && stored < runningSince) }
}

extension QueryAnswer {
  /// Whether it says nothing about the payment although Safaricom answered.
  var isUseless: Bool {
    switch self {
    case .result(let code, _): code.meaning != .paid && code.meaning.refusal == nil
    case .pending, .noInformation: true
    case .outage: false
    }
  }
}
