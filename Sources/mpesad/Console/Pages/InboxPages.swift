import Payments
import Store

/// Looking through what came to the callback addresses, and putting it back to work.
enum InboxPages {
  static let all: [ConsolePage] =
    [
      .get("/inbox", list),
      .post("/inbox/replay", weigh),
      .post("/inbox/replay/commit", replay),
    ] + DeliveryDetailPages.all

  /// Which deliveries a form is about: some by their numbers, or all of a state.
  private struct ReplayForm: Decodable {
    var delivery: [Int64]?
    var state: DeliveryState?
    /// The list that some were chosen from, as its address calls it; nil where the one delivery's own page asked.
    var list: String?

    func operation(isDryRun: Bool) throws -> ReplayInbox {
      let chosen = delivery ?? []
      guard state != nil || !chosen.isEmpty else {
        throw OperationError(
          .invalid, "No delivery was chosen. Go back and tick those that are to be put back to work.")
      }
      guard chosen.count <= BrowsingLimit.page else {
        throw OperationError(.invalid, "Choose up to \(BrowsingLimit.page) deliveries at once.")
      }
      return ReplayInbox(deliveries: state == nil ? chosen : [], state: state, since: nil, isDryRun: isDryRun)
    }

    /// The page to go back to: the list, or that of the one.
    var back: String {
      if state == nil, list == nil, let only = delivery?.first, delivery?.count == 1 { return "/inbox/\(only)" }
      return InboxListQuery(state: state?.rawValue ?? list ?? InboxListQuery.all).path
    }

    /// What the second step sends again.
    func fields(_ chosen: [Int64]) -> [DecisionView.Field] {
      if let state { return [.init(name: "state", value: state.rawValue)] }
      let numbers = chosen.map { DecisionView.Field(name: "delivery[]", value: "\($0)") }
      return numbers + (list.map { [.init(name: "list", value: $0)] } ?? [])
    }
  }

  @Sendable private static func list(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let query = try request.query(as: InboxListQuery.self)
    let state = try query.wanted()
    let answer = try await ListInbox(
      state: state, source: nil, since: nil, until: nil, after: query.after, limit: InboxListQuery.pageLength,
      showPhone: false
    ).perform(at: request.desk)
    let census = try await request.desk.store.census()
    return .page(
      ConsoleView(
        title: "Inbox", section: .inbox, template: "inbox",
        content: InboxListView(answer, query, state, census: census)))
  }

  /// The first step: how many it would be.
  @Sendable private static func weigh(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let form = try request.form(as: ReplayForm.self)
    let operation = try form.operation(isDryRun: true)
    let answer = try await operation.perform(at: request.desk)
    return .page(
      ConsoleView(
        title: "Replay", section: .inbox, template: "decision",
        content: DecisionView(
          heading: "Put \(counted(answer.count)) back to work?",
          consequence:
            "\(counted(answer.count)) would be read and weighed again as if they had just come. What still fits nothing is given up "
            + "again. Money counts once, so this is harmless.",
          details: answer.skipped.map { "Delivery \($0.deliveryID) is left out: \($0.because)." },
          action: "/console/inbox/replay/commit", fields: form.fields(operation.deliveries), button: "Put back to work",
          back: "/console" + form.back)))
  }

  @Sendable private static func replay(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let form = try request.form(as: ReplayForm.self)
    let answer = try await form.operation(isDryRun: false).perform(at: request.desk)
    return .redirect(to: form.back, notice: "Put back to work: \(counted(answer.count)).")
  }

  private static func counted(_ count: Int) -> String { count == 1 ? "1 delivery" : "\(count) deliveries" }
}
