import HTTPTypes
import Payments

/// One payment, and what an operator can do about it.
enum TransactionDetailPages {
  static let all: [ConsolePage] = [
    .get("/transactions/:id", show),
    .post("/transactions/:id/phone", reveal),
    .post("/transactions/:id/ask", ask),
    .post("/transactions/:id/ruling", weigh),
    .post("/transactions/:id/ruling/commit", rule),
  ]

  /// What a ruling's form sends.
  private struct RulingForm: Decodable {
    var ruling: Ruling?
    var reason: String?
    /// The status that the operator saw while deciding.
    var seen: PaymentStatus?
  }

  @Sendable private static func show(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    try await page(request)
  }

  /// The phone in full, in this one answer: no address leads to it.
  @Sendable private static func reveal(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    try await page(request, showPhone: true)
  }

  @Sendable private static func ask(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let number = try request.number("id")
    do {
      let answer = try await QueryTransaction(transaction: number).perform(at: request.desk)
      let after = answer.transaction.status
      let change = after == answer.statusBefore ? "It stays \(after.rawValue)." : "It is \(after.rawValue) now."
      return .redirect(
        to: "/transactions/\(number)", notice: "Safaricom was asked. \(PlainText.line(answer.answer)) \(change)")
    } catch let error as OperationError where error.kind != .notFound {
      return try await page(request, problem: error)
    }
  }

  /// The first step: what the ruling would mean.
  @Sendable private static func weigh(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let number = try request.number("id")
    let form = try request.form(as: RulingForm.self)
    do {
      let (ruling, reason) = try chosen(form)
      let answer = try await ResolveTransaction(transaction: number, ruling: ruling, reason: reason, isDryRun: true)
        .perform(at: request.desk)
      return .page(
        ConsoleView(
          title: "Rule on payment \(number)", section: .transactions, template: "decision",
          content: DecisionView(
            heading: "Rule that payment \(number) \(ruling.rawValue)?", consequence: answer.consequence,
            details: ["Your reason: \(PlainText.line(reason))"],
            action: "/console/transactions/\(number)/ruling/commit",
            fields: [
              .init(name: "ruling", value: ruling.rawValue), .init(name: "reason", value: reason),
              .init(name: "seen", value: answer.transaction.status.rawValue),
            ], button: "Rule it \(ruling.rawValue)", back: "/console/transactions/\(number)")))
    } catch let error as OperationError where error.kind != .notFound {
      return try await page(request, problem: error, reason: form.reason ?? "")
    }
  }

  /// The second step.
  @Sendable private static func rule(_ request: ConsoleRequest) async throws -> ConsoleAnswer {
    let number = try request.number("id")
    let form = try request.form(as: RulingForm.self)
    do {
      let (ruling, reason) = try chosen(form)
      let now = try await request.desk.transaction(number).status
      guard form.seen == now else {
        throw OperationError(
          .refused, "While you decided, the payment became \(now.rawValue). Nothing was ruled; look at it again.")
      }
      let answer = try await ResolveTransaction(transaction: number, ruling: ruling, reason: reason, isDryRun: false)
        .perform(at: request.desk)
      return .redirect(
        to: "/transactions/\(number)",
        notice: "Payment \(number) is \(answer.transaction.status.rawValue) by your ruling.")
    } catch let error as OperationError where error.kind != .notFound {
      return try await page(request, problem: error, reason: form.reason ?? "")
    }
  }

  private static func chosen(_ form: RulingForm) throws -> (Ruling, String) {
    guard let ruling = form.ruling else {
      throw OperationError(.invalid, "Choose whether the money came or not.")
    }
    return (ruling, form.reason ?? "")
  }

  private static func page(
    _ request: ConsoleRequest, showPhone: Bool = false, problem: OperationError? = nil, reason: String = ""
  ) async throws -> ConsoleAnswer {
    let number = try request.number("id")
    let answer = try await ExplainTransaction(transaction: number, showPhone: showPhone).perform(at: request.desk)
    return .page(
      ConsoleView(
        title: "Payment \(number)", section: .transactions, template: "transaction",
        content: TransactionView(
          answer, isPhoneShown: showPhone, problem: problem.map { ShownTime.sentence($0.description) }, reason: reason),
        status: problem.map { HTTPResponse.Status(code: $0.status) } ?? .ok))
  }
}
