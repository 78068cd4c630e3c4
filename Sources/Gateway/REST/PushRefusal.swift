import Daraja
import Logging

/// Whose fault a refused push is: the caller's, where Safaricom names a field that came from the caller, and ours
/// otherwise.
enum PushRefusal {
  /// Daraja's names of what the caller gave, and ours (portal, MpesaExpressSimulate).
  private static let callerFields = [
    "PhoneNumber": "phone_number", "PartyA": "phone_number", "Amount": "amount", "AccountReference": "reference",
    "TransactionDesc": "description",
  ]

  /// The error for the caller; what concerns the operator is logged.
  static func error(for failure: DarajaFailure, logger: Logger) -> APIError {
    if failure.kind == .invalidRequest, let field = failure.field.flatMap({ callerFields[$0] }) {
      return APIError(
        .pushRefused, "Safaricom refused the prompt because of \(field). Correct it and try again.", field: field)
    }
    logger.error("Safaricom refused a push", metadata: ["failure": "\(failure)"])
    return APIError(.darajaConfiguration)
  }
}
