/// Which class puts the next question. A value; the driver does the asking.
///
/// A class that has something to put gets at least its ``QuestionClass/share``, counted over every window that begins after it had: no more than
/// ``QuestionClass/longestGap`` questions of others lie before its next one. What it does not need goes to the others, the watched ones first,
/// then the young ones, but while others wait nobody watches twice in a row. An idle class saves nothing up: its gap counts from when it has
/// something to put.
public struct QuestionShares: Hashable, Sendable {
  private var gaps: [QuestionClass: Int] = [:]
  private var last: QuestionClass?

  /// Nothing was put yet.
  public init() {}

  /// The class that is to put the next question; nil when there is none to put.
  /// - Parameter demand: the classes that have one to put.
  public func next(_ demand: Set<QuestionClass>) -> QuestionClass? {
    // No two are at their limits at once; QuestionSharesTests goes through all states.
    if let due = QuestionClass.allCases.first(where: { demand.contains($0) && gap($0) >= $0.longestGap }) {
      return due
    }
    if demand.contains(.watched), last != .watched { return .watched }
    if last == .watched, demand.contains(.backlog), gap(.backlog) > gap(.young) { return .backlog }
    if demand.contains(.young) { return .young }
    if demand.contains(.backlog) { return .backlog }
    return demand.first
  }

  /// A question of that class is put.
  /// - Parameter demand: the classes that had one to put, that one among them.
  public mutating func put(_ chosen: QuestionClass, of demand: Set<QuestionClass>) {
    for other in QuestionClass.allCases {
      gaps[other] = other != chosen && demand.contains(other) ? gap(other) + 1 : 0
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
