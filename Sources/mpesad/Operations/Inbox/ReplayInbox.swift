import Payments
import Store

/// Puts deliveries that were given up back to work: after an upgrade that can read them, or after a mistake was mended.
struct ReplayInbox: Operation {
  static let name = "inbox-replay"
  /// Deliveries put back in one commit, so that none holds the writer for long.
  static let batch = 500
  /// Deliveries put back by one command at most; the next one goes on where this one ended.
  static let maximumDeliveries = 100_000

  struct Answer: Codable, Sendable {
    /// How many were put back, or would be.
    var count: Int
    /// Those that were named and need no replay, with where they stand.
    var skipped: [Skipped]
    var isDryRun: Bool
  }

  struct Skipped: Codable, Hashable, Sendable {
    var deliveryID: Int64
    var state: DeliveryState
    /// Whether it is left out because its bytes are gone: there is nothing to read any more.
    var isPurged: Bool
  }

  /// Those to put back; empty when ``state`` says which.
  var deliveries: [Int64]
  /// `quarantined` or `unmatched`: all of them.
  var state: DeliveryState?
  var since: Moment?
  var isDryRun: Bool

  func perform(at desk: OperatorDesk) async throws -> Answer {
    let answer: Answer
    if let state {
      guard state == .quarantined || state == .unmatched else {
        throw OperationError(
          .invalid, "Only what is quarantined or unmatched can be replayed; the rest is settled or still at work.")
      }
      answer = Answer(count: try await replayAll(in: state, at: desk), skipped: [], isDryRun: isDryRun)
    } else {
      answer = try await replayNamed(at: desk)
    }
    if answer.count > 0, !isDryRun {
      let kind = state.map { $0.rawValue + " " } ?? ""
      let deliveries = answer.count == 1 ? "1 \(kind)delivery" : "\(answer.count) \(kind)deliveries"
      desk.audit.operated(desk.actor, "put \(deliveries) back to work")
    }
    return answer
  }

  private func replayNamed(at desk: OperatorDesk) async throws -> Answer {
    var wanted: [DeliveryID] = []
    var skipped: [Skipped] = []
    for number in deliveries {
      guard let found = try await desk.store.delivery(DeliveryID(number)) else {
        throw OperationError(.notFound, "There is no delivery \(number) in the inbox. Nothing was put back.")
      }
      if !found.isPurged, found.state == .quarantined || found.state == .unmatched {
        wanted.append(found.id)
      } else {
        skipped.append(Skipped(deliveryID: number, state: found.state, isPurged: found.isPurged))
      }
    }
    let count = try await replay(wanted, at: desk)
    return Answer(count: count, skipped: skipped, isDryRun: isDryRun)
  }

  private func replayAll(in state: DeliveryState, at desk: OperatorDesk) async throws -> Int {
    var filter = DeliveryFilter()
    filter.state = state
    filter.since = since?.microseconds
    var count = 0
    var next: DeliveryID?
    repeat {
      let page = try await desk.store.deliveries(filter, after: next, limit: Self.batch)
      count += try await replay(page.deliveries.filter { !$0.isPurged }.map(\.id), at: desk)
      next = page.next
    } while next != nil && count < Self.maximumDeliveries
    return count
  }

  private func replay(_ ids: [DeliveryID], at desk: OperatorDesk) async throws -> Int {
    guard !isDryRun, !ids.isEmpty else { return ids.count }
    return try await desk.store.replay(ids, note: "Put back to work by \(desk.actor).", at: desk.timing.now()).count
  }
}

extension ReplayInbox.Skipped {
  /// Why, as the end of a sentence.
  var because: String { isPurged ? "its bytes were removed" : "it is \(state.rawValue)" }
}
