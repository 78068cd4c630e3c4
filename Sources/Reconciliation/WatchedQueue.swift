import Payments

/// Who waits for a question to be put now, in the order in which they are served. A value.
///
/// Each payment has one place. Callers are served in rotation, one place at a time, and the places of one caller in the order in which they came.
/// Whoever is new, or was served and has more places, goes to the end of the rotation. A caller's next place so waits for one place of each
/// other caller in the rotation at most: neither one who asks about many payments nor an endless stream of new callers keeps it waiting for
/// longer. A place is kept when its caller has gone.
struct WatchedQueue: Hashable, Sendable {
  /// What is to be asked.
  enum Question: Hashable, Sendable {
    case payment(TransactionID)
    /// About no payment of ours: somebody looks whether Safaricom answers.
    case probe(Int)
  }

  /// One caller's places, in the order in which they came; never empty.
  private struct Line: Hashable, Sendable {
    var caller: String
    var questions: [Question]
  }

  /// The most places. With the sandbox's budget the last one waits an hour and a half, with production's 9 minutes: nobody waits longer.
  static let limit = 256

  /// The callers, the next one first.
  private var rotation: [Line] = []

  var count: Int { rotation.reduce(0) { $0 + $1.questions.count } }
  var isEmpty: Bool { rotation.isEmpty }

  /// All questions, the next one first, if nobody else comes.
  var questions: [Question] { inOrder.map(\.question) }

  /// How many are served before this one, if nobody else comes; nil when it has no place.
  func position(of question: Question) -> Int? { questions.firstIndex(of: question) }

  /// Takes a place, unless the question has one.
  ///
  /// When all are taken, whoever has the most places makes room for one who has fewer: the last of them is given up. All checkout pages
  /// together are one for this: hundreds may be open, each a caller of its own, and the shop's own questions must find room beside them.
  /// - Returns: whether the question has a place, and which one was given up for it.
  mutating func enter(_ question: Question, for caller: String) -> (isIn: Bool, givenUp: Question?) {
    if place(of: question) != nil { return (true, nil) }
    var givenUp: Question?
    if count >= Self.limit {
      let places = inOrder
      let counts = Dictionary(grouping: places, by: { Self.holder($0.caller) }).mapValues(\.count)
      guard let most = counts.max(by: { $0.value < $1.value }), most.value > (counts[Self.holder(caller)] ?? 0) + 1,
        let last = places.last(where: { Self.holder($0.caller) == most.key })
      else { return (false, nil) }
      givenUp = last.question
      leave(last.question)
    }
    if let line = rotation.firstIndex(where: { $0.caller == caller }) {
      rotation[line].questions.append(question)
    } else {
      rotation.append(Line(caller: caller, questions: [question]))
    }
    return (true, givenUp)
  }

  /// The question has been put, or is not needed any more. Its caller's turn stays.
  mutating func leave(_ question: Question) {
    guard let (line, place) = place(of: question) else { return }
    rotation[line].questions.remove(at: place)
    if rotation[line].questions.isEmpty { rotation.remove(at: line) }
  }

  /// The question has been put in its turn. Its caller's next one is behind one of each other caller.
  mutating func serve(_ question: Question) {
    guard let (line, place) = place(of: question) else { return }
    var served = rotation.remove(at: line)
    served.questions.remove(at: place)
    if !served.questions.isEmpty { rotation.append(served) }
  }

  /// All places in the order in which they are served: the first of each caller, then the second of each, and so on.
  private var inOrder: [(caller: String, question: Question)] {
    let longest = rotation.map(\.questions.count).max() ?? 0
    return (0..<longest).flatMap { round in
      rotation.compactMap { round < $0.questions.count ? ($0.caller, $0.questions[round]) : nil }
    }
  }

  private func place(of question: Question) -> (line: Int, place: Int)? {
    for (line, one) in rotation.enumerated() {
      if let place = one.questions.firstIndex(of: question) { return (line, place) }
    }
    return nil
  }

  /// Who holds a caller's places, where they are counted against the limit.
  private static func holder(_ caller: String) -> String { AskingCaller.isCheckoutPage(caller) ? "" : caller }
}
