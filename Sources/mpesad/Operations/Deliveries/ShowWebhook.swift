import Daraja
import Payments
import Reconciliation
import Store

/// Shows one webhook with its body and the attempts to deliver it.
struct ShowWebhook: Operation {
  static let name = "deliveries-show"

  struct Answer: Codable, Sendable {
    var webhook: WebhookRecord
    var attempts: [WebhookAttempt]
    /// The body as it is sent, or with the payer's number masked; nil when retention removed it.
    var body: String?
  }

  var id: Int64
  /// Whether the body is given as it is, with the payer's number. Leaves a line in the journal.
  var whole: Bool

  func perform(at desk: OperatorDesk) async throws -> Answer {
    guard let entry = try await desk.store.outboxEntry(OutboxID(id)) else {
      throw OperationError(.notFound, "There is no webhook \(id). `mpesad deliveries list` shows their numbers.")
    }
    let attempts = try await desk.store.outboxAttempts(of: entry.id)
    var body: String?
    if entry.purgedAt == nil {
      if whole { desk.audit.bodyShown(entry, to: desk.actor) }
      body = String(decoding: whole ? entry.payload : Self.masked(entry.payload), as: UTF8.self)
    }
    return Answer(
      webhook: WebhookRecord(entry, lastAttempt: attempts.last), attempts: attempts.map { WebhookAttempt($0) },
      body: body)
  }

  /// The body with what names the payer masked. We wrote it ourselves, so it can be read.
  private static func masked(_ payload: [UInt8]) throws -> [UInt8] {
    guard case .object(let members) = try JSONValue.parse(payload) else { return [] }
    return JSONValue.object(
      members.map { member in
        guard case .object(let data) = member.value else { return member }
        return .init(member.name, .object(data.map(masked)))
      }
    ).bytes
  }

  private static func masked(_ member: JSONValue.Member) -> JSONValue.Member {
    switch (member.name, member.value) {
    case ("phone_number", .string(let digits)):
      .init(member.name, .string((try? MSISDN(digits))?.masked ?? "masked"))
    case ("checkout_request_id", .string(let id)): .init(member.name, .string(Audit.masked(id)))
    default: member
    }
  }
}
