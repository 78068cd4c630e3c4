import Daraja
import NIOCore
import Payments
import Store
import Testing

/// Values for the checks. `now` is a Tuesday in November 2026; the store has no clock of its own.
enum Specimen {
  static let now: Microseconds = 1_795_000_000_000_000
  static let second: Microseconds = 1_000_000
  static let rules = AdmissionRules()

  static func delivery(
    _ body: [UInt8] = Array("{}".utf8), at receivedAt: Microseconds = now, source: String = "196.201.214.200",
    token: ProvenToken? = nil
  ) -> NewDelivery {
    NewDelivery(body: ByteBuffer(bytes: body), receivedAt: receivedAt, source: source, token: token)
  }

  static func delivery(_ text: String) -> NewDelivery { delivery(Array(text.utf8)) }

  static func phone(_ number: Int = 0) throws -> MSISDN {
    let digits = String(number)
    return try MSISDN("2547" + String(repeating: "0", count: 8 - digits.count) + digits)
  }

  static func receipt(_ text: String) throws -> Receipt { try #require(Receipt(text)) }

  static func checkout(_ id: TransactionID) -> String { "ws_CO_\(id)" }

  static func paid(
    _ transaction: Transaction, receipt text: String? = nil, amount: Amount? = nil
  ) throws -> STKCallback {
    STKCallback(
      merchantRequestID: "m-\(transaction.id)", checkoutRequestID: checkout(transaction.id), resultCode: .success,
      resultDescription: "The service request is processed successfully.", amount: amount ?? transaction.amount,
      receipt: try receipt(text ?? "RCPT\(transaction.id)"))
  }

  static func cancelled(_ transaction: Transaction) -> STKCallback {
    STKCallback(checkoutRequestID: checkout(transaction.id), resultCode: "1032", resultDescription: "cancelled")
  }
}

extension PaymentStore {
  /// Makes one delivery durable, as a row.
  func stored(_ delivery: NewDelivery) async throws -> DeliveryID {
    let acceptance = try await append(delivery)
    guard case .stored(let id) = acceptance else {
      throw UnexpectedAcceptance(acceptance: acceptance)
    }
    return id
  }

  func newOrder(cents: Int64 = 150_000, at now: Microseconds = Specimen.now) async throws -> Order {
    try await createOrder(
      NewOrder(amount: Amount(cents: cents), description: "Two lamps", reference: "A-17", createdBy: "7"), at: now)
  }

  func open(
    _ order: Order, phone: Int = 0, firstQueryAt: Microseconds = Specimen.now + 30 * Specimen.second,
    at now: Microseconds = Specimen.now
  ) async throws -> PushOpening {
    try await openPush(
      order: order.id, phone: try Specimen.phone(phone), createdBy: "7", rules: Specimen.rules,
      firstQueryAt: firstQueryAt, at: now)
  }

  /// An open push for an order of its own, on a phone of its own.
  func push(
    phone: Int, cents: Int64 = 150_000, accepted: Bool = true,
    firstQueryAt: Microseconds = Specimen.now + 30 * Specimen.second, at now: Microseconds = Specimen.now
  ) async throws -> Transaction {
    let order = try await newOrder(cents: cents, at: now)
    let opening = try await open(order, phone: phone, firstQueryAt: firstQueryAt, at: now)
    guard case .opened(let transaction, _) = opening else { throw UnexpectedOpening(opening: opening) }
    return accepted ? try await accept(transaction, at: now) : transaction
  }

  func accept(_ transaction: Transaction, at now: Microseconds = Specimen.now) async throws -> Transaction {
    try await settled(
      transaction.id,
      .pushAnswer(
        .accepted(
          merchantRequestID: "m-\(transaction.id)", checkoutRequestID: Specimen.checkout(transaction.id))), at: now
    ).transaction
  }

  func settled(
    _ id: TransactionID, _ evidence: Evidence, nextQueryAt: Microseconds? = Specimen.now + 60 * Specimen.second,
    at now: Microseconds = Specimen.now
  ) async throws -> Decision {
    try #require(try await settle(id, with: evidence, nextQueryAt: nextQueryAt, at: now)).decision
  }

  /// Concludes one finding about one delivery.
  func conclude(
    _ id: DeliveryID, _ finding: Finding, at now: Microseconds = Specimen.now
  ) async throws -> Conclusion {
    let conclusions = try await conclude([(id, finding)], at: now)
    #expect(conclusions.count == 1)
    return try #require(conclusions.first)
  }

  /// A delivery with the token of a transaction, concluded as that callback.
  func deliver(
    _ callback: STKCallback, to transaction: Transaction, at now: Microseconds = Specimen.now
  ) async throws -> Conclusion {
    let id = try await stored(Specimen.delivery(Array("callback".utf8), token: transaction.token))
    return try await conclude(
      id, .evidence(about: .token(transaction.token), callback, .token, ifUnknown: .addressUnknown), at: now)
  }
}

struct UnexpectedAcceptance: Error { var acceptance: Acceptance }
struct UnexpectedOpening: Error { var opening: PushOpening }
