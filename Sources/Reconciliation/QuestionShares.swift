/// Which class puts the next question. A value; the driver does the asking.
///
/// A class that has something due gets at least its ``QuestionClass/share``, counted over every window that begins after it had: no more than
/// ``QuestionClass/longestGap`` questions of others lie before its next one. What it does not need goes to the others, the watched ones first,
/// then the young ones, but while others wait nobody watches twice in a row. An idle class saves nothing up: its gap counts from when it has
/// something due.
///
/// A class may have something due that cannot be put now, since too many of its questions are out. Its gap goes on counting, so that it has its
/// turn when one has ended: young and backlog share such places, and then take turns. It is owed one question by that, never several.
public struct QuestionShares: Hashable, Sendable {
  private var gaps: [QuestionClass: Int] = [:]
  private var last: QuestionClass?

  /// Nothing was put yet.
  public init() {}

  /// The class that is to put the next question; nil when there is none to put.
  /// - Parameter demand: the classes that have one that can be put now.
  public func next(_ demand: Set<QuestionClass>) -> QuestionClass? {
    // Two are at their limits at once only where one could not be put; QuestionSharesTests goes through all other states.
    let late = QuestionClass.allCases.filter { demand.contains($0) && gap($0) >= $0.longestGap }
    if late.contains(.watched) { return .watched }
    if let latest = late.first { return late.contains { gap($0) > gap(latest) } ? late.last : latest }
    if demand.contains(.watched), last != .watched { return .watched }
    if last == .watched, demand.contains(.backlog), gap(.backlog) > gap(.young) { return .backlog }
    if demand.contains(.young) { return .young }
    if demand.contains(.backlog) { return .backlog }
    return demand.first
  }

  /// A question of that class is put.
  /// - Parameter due: the classes that had one due, whether it could be put now or not, that one among them.
  public mutating func put(_ chosen: QuestionClass, of due: Set<QuestionClass>) {
    for other in QuestionClass.allCases {
      gaps[other] = other != chosen && due.contains(other) ? gap(other) + 1 : 0
    }
    last = chosen
  }

  /// How many questions are put until so many watched ones are, if there are so many, and these classes always have one to put as well.
  func questions(untilWatched count: Int, besides others: Set<QuestionClass>) -> Int {
    var copy = self
    var (watched, all) = (0, 0)
    let demand = others.union([.watched])
    while watched < count, let chosen = copy.next(demand) {
      copy.put(chosen, of: demand)
      all += 1
      if chosen == .watched { watched += 1 }
    }
    return all
  }

  private func gap(_ asked: QuestionClass) -> Int { gaps[asked] ?? 0 }
}
