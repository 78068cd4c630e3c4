import Payments
import Store

/// Removes inbox messages that fitted nothing or cannot be read: their bytes go for good, hash, reason and actor stay.
///
/// What came to a payment's own address is evidence of money: it goes only by its number, and alone.
struct DiscardMessages: Operation {
  static let name = "inbox-discard"
  /// Messages in one commit: it holds the writer for some ten milliseconds.
  static let batch = 200
  /// Messages that one request discards at most; whoever asks goes on where it ended.
  static let maximumMessages = 20_000

  struct Answer: Codable, Hashable, Sendable {
    /// How many were discarded, or would be.
    var count: Int
    /// What it means, in words.
    var consequence: String
    /// The newest that was looked at, so that a second request means no others.
    var newest: Int64?
    /// Where a second request goes on; nil where all were found.
    var next: Int64?
    /// Those that were selected and came to a payment's own address: they are left.
    var provenLeft: Int
    var isDryRun: Bool
  }

  /// Which are meant where they are not named. What is nil does not matter; all that is given must hold.
  struct Selection: Codable, Hashable, Sendable {
    /// `unmatched` or `quarantined`; nil for both.
    var state: DeliveryState?
    /// The address that they came from.
    var source: String?
    /// They came before it.
    var before: Moment?
  }

  /// These, by number; empty where ``selection`` says which.
  var messages: [Int64] = []
  var selection: Selection?
  /// With a selection: none newer than this one.
  var upTo: Int64?
  /// With a selection: only those before this one; what an answer before named as ``Answer/next``.
  var after: Int64?
  var reason: String
  /// Only says what it would mean. Then no reason is needed.
  var isDryRun: Bool

  func perform(at desk: OperatorDesk) async throws -> Answer {
    if !isDryRun { try OperatorReason.check(reason) }
    guard let selection else { return try await discardNamed(at: desk) }
    return try await discard(selection, at: desk)
  }

  private func discardNamed(at desk: OperatorDesk) async throws -> Answer {
    var found: [Delivery] = []
    for number in Set(messages).sorted() {
      let message = try await desk.delivery(number)
      guard message.state != .discarded else { continue }
      guard message.state == .unmatched || message.state == .quarantined else {
        throw OperationError(
          .refused,
          "Delivery \(number) is \(message.state.rawValue): only what is unmatched or quarantined can be discarded. Nothing was discarded."
        )
      }
      found.append(message)
    }
    let proven = found.first { $0.token != nil }
    if let proven, found.count > 1 {
      throw OperationError(
        .refused,
        "Delivery \(proven.id) came to the own address of a payment, so that it is evidence of money: discard it alone, or leave it. "
          + "Nothing was discarded.")
    }
    let count = try await discard(found.map(\.id), at: desk)
    if count > 0, !isDryRun {
      let numbers = found.map { "\($0.id)" }.joined(separator: ", ")
      desk.audit.operated(
        desk.actor, "discarded \(Self.counted(count)): \(numbers)", transaction: proven?.token?.id, why: reason)
    }
    return Answer(
      count: count, consequence: proven.map(Self.consequence(ofProven:)) ?? Self.consequence(count, provenLeft: 0),
      newest: found.last?.id.number, next: nil, provenLeft: 0, isDryRun: isDryRun)
  }

  private func discard(_ selection: Selection, at desk: OperatorDesk) async throws -> Answer {
    var filter = DeliveryFilter()
    filter.source = selection.source
    filter.until = selection.before?.microseconds
    var answer = Answer(count: 0, consequence: "", provenLeft: 0, isDryRun: isDryRun)
    let states = try selection.states
    var next = after.map { DeliveryID($0) }
    // Both states in one walk, newest first, each from its own index.
    repeat {
      var page: [DeliverySummary] = []
      var ends: [DeliveryID] = []
      for state in states {
        filter.state = state
        let part = try await desk.store.deliveries(filter, after: next, limit: Self.batch)
        page += part.deliveries
        if let end = part.next { ends.append(end) }
      }
      // What lies behind the nearest end is found again with the next page.
      let end = ends.max()
      let wanted = page.filter { message in
        (end.map { message.id >= $0 } ?? true) && (upTo.map { message.id.number <= $0 } ?? true)
      }
      let unproven = wanted.filter { $0.token == nil }
      answer.provenLeft += wanted.count - unproven.count
      answer.newest = answer.newest ?? wanted.map(\.id.number).max()
      answer.count += try await discard(unproven.map(\.id), at: desk)
      next = end
    } while next != nil && answer.count < Self.maximumMessages
    answer.next = next?.number
    answer.consequence = Self.consequence(answer.count, provenLeft: answer.provenLeft)
    if answer.count > 0, !isDryRun {
      desk.audit.operated(desk.actor, "discarded \(Self.counted(answer.count)) \(selection.words)", why: reason)
    }
    return answer
  }

  private func discard(_ ids: [DeliveryID], at desk: OperatorDesk) async throws -> Int {
    guard !isDryRun else { return ids.count }
    var count = 0
    for start in stride(from: 0, to: ids.count, by: Self.batch) {
      let part = Array(ids[start..<min(start + Self.batch, ids.count)])
      count += try await desk.store.discard(part, who: desk.actor, why: reason, at: desk.timing.now()).count
    }
    return count
  }

  static func counted(_ count: Int) -> String { count == 1 ? "1 delivery" : "\(count) deliveries" }

  static func consequence(_ count: Int, provenLeft: Int) -> String {
    let left =
      provenLeft == 0
      ? ""
      : " \(counted(provenLeft)) more that came to a payment's own address stay: they are evidence of money, and each is discarded by its number."
    return
      "\(counted(count)) unmatched or quarantined: the bytes are removed for good. Hash, size, reason and who it was stay.\(left)"
  }

  private static func consequence(ofProven message: Delivery) -> String {
    "Delivery \(message.id) came to the own address of transaction \(message.token.map { "\($0.id)" } ?? ""), which only Safaricom is "
      + "told: it is evidence of money. Its \(message.body.count) bytes are removed for good; hash, size, reason and who it was stay."
  }
}

extension DiscardMessages.Selection {
  fileprivate var states: [DeliveryState] {
    get throws {
      switch state {
      case nil: return [.unmatched, .quarantined]
      case .unmatched, .quarantined: return [state].compactMap { $0 }
      case .received, .parked, .settled, .discarded:
        throw OperationError(.invalid, "Only what is unmatched or quarantined can be discarded.")
      }
    }
  }

  /// As the end of a sentence.
  fileprivate var words: String {
    [
      "that prove nothing", state.map { "and are \($0.rawValue)" }, source.map { "from \($0)" },
      before.map { "from before \($0)" },
    ].compactMap { $0 }.joined(separator: " ")
  }
}
