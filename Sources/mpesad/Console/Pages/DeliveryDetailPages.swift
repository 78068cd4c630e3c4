import HTTPTypes
import Payments
import Store

/// One delivery, and what an operator can do about it.
enum DeliveryDetailPages {
  static let all: [ConsolePage] = [
    .get("/inbox/:id", show),
    .post("/inbox/:id/bytes", reveal),
    .post("/inbox/:id/match", weigh),
    .post("/inbox/:id/match/commit", match),
    .post("/inbox/:id/discard", weighDiscard),
    .post("/inbox/:id/discard/commit", discard),
  ]

  private struct MatchForm: Decodable {
    /// The number that was chosen among the suggestions.
    var transaction: String?
    /// The number that was typed instead.
    var other: String?
    var reason: String?

    func operation(_ delivery: Int64, isDryRun: Bool) throws -> MatchDelivery {
      let typed = (other ?? "").filter { !$0.isWhitespace }
      guard let number = Int64(typed.isEmpty ? transaction ?? "" : typed), number > 0 else {
        throw OperationError(.invalid, "Choose the payment that it is about, or type its number.")
      }
      try OperatorReason.check(reason ?? "")
      return MatchDelivery(delivery: delivery, transaction: number, reason: reason ?? "", isDryRun: isDryRun)
    }
  }

  @Sendable private static func show(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    try await page(request)
  }

  /// The bytes as they came, in this one answer; it is noted who looked.
  @Sendable private static func reveal(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let answer = try await ShowDelivery(delivery: try request.number("id"), showPhone: false, wantsBytes: true)
      .perform(at: request.desk)
    return try await page(request, bytes: ByteDump(Array(answer.bytes ?? .init())))
  }

  /// The first step: what the match would mean.
  @Sendable private static func weigh(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let number = try request.number("id")
    let form = try request.form(as: MatchForm.self)
    do {
      let operation = try form.operation(number, isDryRun: true)
      let answer = try await operation.perform(at: request.desk)
      return .page(
        ConsoleView(
          title: "Match delivery \(number)", section: .inbox, template: "decision",
          content: DecisionView(
            heading: "Is delivery \(number) about payment \(operation.transaction)?", consequence: answer.consequence,
            details: ["Your reason: \(PlainText.line(operation.reason))"],
            action: "/console/inbox/\(number)/match/commit",
            fields: [
              .init(name: "transaction", value: "\(operation.transaction)"),
              .init(name: "reason", value: operation.reason),
            ], button: "It is: ask Safaricom", back: "/console/inbox/\(number)")))
    } catch let error as OperationError {
      return try await page(request, problem: error, reason: form.reason ?? "")
    }
  }

  @Sendable private static func match(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let number = try request.number("id")
    let form = try request.form(as: MatchForm.self)
    do {
      let answer = try await form.operation(number, isDryRun: false).perform(at: request.desk)
      return .redirect(
        to: "/transactions/\(answer.transaction.transactionID)",
        notice: "Delivery \(number) was matched with this payment. Safaricom is asked; its answer settles.")
    } catch let error as OperationError {
      return try await page(request, problem: error, reason: form.reason ?? "")
    }
  }

  private struct DiscardForm: Decodable {
    var reason: String?
  }

  /// The first step: what would be removed, and why it is to be.
  @Sendable private static func weighDiscard(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let number = try request.number("id")
    let operation = DiscardMessages(messages: [number], reason: "", isDryRun: true)
    return discardPage(number, try await operation.perform(at: request.desk).consequence)
  }

  @Sendable private static func discard(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let number = try request.number("id")
    let reason = try request.form(as: DiscardForm.self).reason ?? ""
    var operation = DiscardMessages(messages: [number], reason: reason, isDryRun: false)
    do {
      _ = try await operation.perform(at: request.desk)
      return .redirect(to: "/inbox/\(number)", notice: "Delivery \(number) was discarded.")
    } catch let error as OperationError where error.kind == .invalid {
      operation.isDryRun = true
      return discardPage(number, try await operation.perform(at: request.desk).consequence, problem: error)
    }
  }

  private static func discardPage(
    _ number: Int64, _ consequence: String, problem: OperationError? = nil
  ) -> ConsoleAnswer {
    .page(
      ConsoleView(
        title: "Discard delivery \(number)", section: .inbox, template: "decision",
        content: DecisionView(
          heading: "Discard delivery \(number)?", consequence: consequence,
          action: "/console/inbox/\(number)/discard/commit", fields: [], button: "Discard it", asksReason: true,
          problem: problem?.description, back: "/console/inbox/\(number)"),
        status: problem.map { HTTPResponse.Status(code: $0.status) } ?? .ok))
  }

  private static func page(
    _ request: ConsoleRequest, bytes: ByteDump? = nil, problem: OperationError? = nil, reason: String = ""
  ) async throws -> ConsoleAnswer {
    let number = try request.number("id")
    let found = try await request.desk.delivery(number)
    let suggested = try await SuggestMatches(delivery: number).perform(at: request.desk)
    return .page(
      ConsoleView(
        title: "Delivery \(number)", section: .inbox, template: "delivery",
        content: DeliveryView(
          found, suggestions: suggested.suggestions, bytes: bytes, problem: problem?.description, reason: reason),
        status: problem.map { HTTPResponse.Status(code: $0.status) } ?? .ok))
  }
}
