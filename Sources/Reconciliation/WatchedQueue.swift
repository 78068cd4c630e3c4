import Payments

/// Who waits for a question to be put now, in the order in which they are served. A value.
///
/// Each payment has one place. Callers are served in turn, and those of one caller in the order in which they came: a place is given the round
/// that follows the caller's last one, so that one who asks about many payments keeps nobody else waiting. A place is kept when its caller
/// has gone.
struct WatchedQueue: Hashable, Sendable {
  /// What is to be asked.
  enum Question: Hashable, Sendable {
    case payment(TransactionID)
    /// About no payment of ours: somebody looks whether Safaricom answers.
    case probe(Int)
  }

  private struct Place: Hashable, Sendable {
    var question: Question
    var caller: String
    var round: Int
  }

  /// The most places. With the sandbox's budget the last one waits an hour and a half, with production's 9 minutes: nobody waits longer.
  static let limit = 256

  private var places: [Place] = []
  /// The round of the last place that was served.
  private var round = 0
  /// The round of each caller's last place, as far as it is not over.
  private var lastRounds: [String: Int] = [:]

  var count: Int { places.count }
  var isEmpty: Bool { places.isEmpty }
  /// All questions, the next one first.
  var questions: [Question] { places.map(\.question) }

  /// How many are served before this one; nil when it has no place.
  func position(of question: Question) -> Int? { places.firstIndex { $0.question == question } }

  /// Takes a place, unless the question has one.
  ///
  /// When all are taken, the caller with the most places makes room for one who has fewer: the last of its places is given up.
  /// - Returns: whether the question has a place, and which one was given up for it.
  mutating func enter(_ question: Question, for caller: String) -> (isIn: Bool, givenUp: Question?) {
    if position(of: question) != nil { return (true, nil) }
    var givenUp: Question?
    if places.count >= Self.limit {
      let counts = Dictionary(grouping: places, by: \.caller).mapValues(\.count)
      guard let most = counts.max(by: { $0.value < $1.value }), most.value > (counts[caller] ?? 0) + 1,
        let last = places.lastIndex(where: { $0.caller == most.key })
      else { return (false, nil) }
      givenUp = places.remove(at: last).question
      lastRounds[most.key] = places.last { $0.caller == most.key }?.round
    }
    let place = Place(question: question, caller: caller, round: max(round, (lastRounds[caller] ?? .min / 2) + 1))
    lastRounds[caller] = place.round
    places.insert(place, at: places.firstIndex { $0.round > place.round } ?? places.endIndex)
    return (true, givenUp)
  }

  /// The question has been put, or is not needed any more.
  mutating func leave(_ question: Question) {
    guard let index = position(of: question) else { return }
    places.remove(at: index)
  }

  /// The question has been put in its turn.
  mutating func serve(_ question: Question) {
    guard let index = position(of: question) else { return }
    round = max(round, places.remove(at: index).round)
    lastRounds = lastRounds.filter { $0.value >= round }
  }
}
