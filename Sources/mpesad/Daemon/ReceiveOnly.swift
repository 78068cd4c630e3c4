import Daraja
import Payments
import Reconciliation

/// Stands in for what needs Daraja while settings are missing: callbacks are kept and settled, pushes are refused with the reason.
struct ReceiveOnly: Prompting, Asking {
  let missing: [Setting]

  func prompt(order: OrderID, phone: MSISDN, by user: String) async throws -> PromptResult {
    .notConfigured(missing.map(\.rawValue).joined(separator: ", "))
  }

  func askIfDue(_ id: TransactionID) async {}

  func ask(_ id: TransactionID) async -> AskOutcome { .notConfigured(missing.map(\.rawValue).joined(separator: ", ")) }
}
