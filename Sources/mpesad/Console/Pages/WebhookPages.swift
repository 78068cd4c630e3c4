import HTTPTypes
import Payments
import Store

/// What the merchant's own system was told, and telling it again.
enum WebhookPages {
  static let all: [ConsolePage] = [
    .get("/deliveries", list),
    .get("/deliveries.csv", file),
    .get("/deliveries/:id", show),
    .post("/deliveries/:id/body", reveal),
    .post("/deliveries/resend", weigh),
    .post("/deliveries/resend/commit", resend),
  ]

  /// Which webhooks a form is about: some by their numbers, or all of a state.
  private struct ResendForm: Decodable {
    var webhook: [Int64]?
    var state: OutboxState?
    var reason: String?

    func operation(isDryRun: Bool) throws -> ResendWebhooks {
      let chosen = webhook ?? []
      guard state != nil || !chosen.isEmpty else {
        throw OperationError(.invalid, "No webhook was chosen. Go back and tick those that are to be sent again.")
      }
      guard chosen.count <= BrowsingLimit.page else {
        throw OperationError(.invalid, "Choose up to \(BrowsingLimit.page) webhooks at once.")
      }
      return ResendWebhooks(
        ids: state == nil ? chosen : [], state: state?.rawValue, reason: isDryRun ? nil : reason ?? "",
        isDryRun: isDryRun)
    }

    /// The page to go back to: that of the one, or the list.
    var back: String {
      if state == nil, let only = webhook?.first, webhook?.count == 1 { return "/deliveries/\(only)" }
      return WebhookListQuery(state: state?.rawValue).path
    }
  }

  @Sendable private static func list(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let query = try request.query(as: WebhookListQuery.self)
    let records = try await query.operation(after: query.after, limit: WebhookListQuery.pageLength + 1)
      .perform(at: request.desk)
    let census = try await request.desk.store.outboxCensus()
    let hasAddress = request.desk.settings.current.webhook.url != nil
    return .page(
      ConsoleView(
        title: "Deliveries", section: .deliveries, template: "webhooks",
        content: WebhookListView(records, query, census: census, hasAddress: hasAddress)))
  }

  @Sendable private static func file(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let query = try request.query(as: WebhookListQuery.self)
    _ = try query.operation(after: nil, limit: 1)
    request.desk.audit.operated(request.desk.actor, "took a list of webhooks as a file")
    return .file(
      name: "deliveries.csv", contentType: "text/csv; charset=utf-8; header=present",
      body: WebhookFile(desk: request.desk, query: query).body)
  }

  @Sendable private static func show(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    try await page(request, isWhole: false)
  }

  /// The body as it is sent, with the payer's number, in this one answer; it is noted who looked.
  @Sendable private static func reveal(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    try await page(request, isWhole: true)
  }

  private static func page(_ request: ConsoleRequest, isWhole: Bool) async throws -> ConsoleAnswer {
    let number = try request.number("id")
    let answer = try await ShowWebhook(id: number, whole: isWhole).perform(at: request.desk)
    return .page(
      ConsoleView(
        title: "Webhook \(number)", section: .deliveries, template: "webhook",
        content: WebhookView(answer, isWhole: isWhole)))
  }

  /// The first step: how many it would be.
  @Sendable private static func weigh(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    try await decision(try request.form(as: ResendForm.self), at: request.desk)
  }

  @Sendable private static func resend(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let form = try request.form(as: ResendForm.self)
    do {
      let answer = try await form.operation(isDryRun: false).perform(at: request.desk)
      return .redirect(
        to: form.back,
        notice: "Sent again: \(counted(answer.resent.count)).\(answer.more ? " There are more; do it again." : "")")
    } catch let error as OperationError where error.kind == .invalid {
      return try await decision(form, at: request.desk, problem: error)
    }
  }

  private static func decision(
    _ form: ResendForm, at desk: OperatorDesk, problem: OperationError? = nil
  ) async throws -> ConsoleAnswer {
    let operation = try form.operation(isDryRun: true)
    let answer = try await operation.perform(at: desk)
    guard !answer.resent.isEmpty else {
      throw OperationError(
        .refused,
        answer.skipped.isEmpty
          ? "There is nothing to send again." : "Retention has removed their bodies, so they cannot be sent again.")
    }
    let fields =
      form.state.map { [DecisionView.Field(name: "state", value: $0.rawValue)] }
      ?? operation.ids.map { DecisionView.Field(name: "webhook[]", value: "\($0)") }
    return .page(
      ConsoleView(
        title: "Send again", section: .deliveries, template: "decision",
        content: DecisionView(
          heading: "Send \(counted(answer.resent.count)) again?", consequence: consequence(answer),
          details: details(answer), action: "/console/deliveries/resend/commit", fields: fields, button: "Send again",
          asksReason: true, problem: problem?.description, back: "/console" + form.back),
        status: problem.map { HTTPResponse.Status(code: $0.status) } ?? .ok))
  }

  private static func consequence(_ answer: ResendWebhooks.Answer) -> String {
    let isOne = answer.resent.count == 1
    return
      "Your system is told at once, under the \(isOne ? "old webhook-id and with the old body" : "old webhook-ids and with the old bodies")"
      + ", and with a fresh schedule of attempts. What it has taken already it knows by the id; a system that does not look at ids would "
      + "count it twice."
  }

  private static func details(_ answer: ResendWebhooks.Answer) -> [String] {
    var details: [String] = []
    if answer.deliveredBefore > 0 {
      details.append("Delivered before: \(answer.deliveredBefore) of \(answer.resent.count).")
    }
    details += answer.skipped.prefix(shownSkipped).map {
      "Webhook \($0.id) is left out: retention removed its body at \(ShownTime($0.purgedAt).text)."
    }
    if answer.skipped.count > shownSkipped {
      details.append("So are \(answer.skipped.count - shownSkipped) more.")
    }
    if answer.more {
      details.append("There are more: \(ResendWebhooks.mostAtOnce) are sent again in one go.")
    }
    return details
  }

  /// As many of those that are left out are worth a line each.
  private static let shownSkipped = 10

  private static func counted(_ count: Int) -> String { count == 1 ? "1 webhook" : "\(count) webhooks" }
}

extension OutboxState: Decodable {}
