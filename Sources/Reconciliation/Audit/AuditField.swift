/// The fields that entries of the audit log have besides their message: `journalctl MPESA_RECEIPT=NLJ7RT61SV` finds by them. Stable.
///
/// None of them ever holds a secret or a full phone number.
public enum AuditField: String, Hashable, Sendable, CaseIterable {
  // Every entry.
  case event = "MPESA_EVENT"

  // The payment.
  case transactionID = "MPESA_TRANSACTION_ID"
  case orderID = "MPESA_ORDER_ID"
  case checkoutRequestID = "MPESA_CHECKOUT_REQUEST_ID"
  case receipt = "MPESA_RECEIPT"
  case status = "MPESA_STATUS"
  case reason = "MPESA_REASON"
  case resultCode = "MPESA_RESULT_CODE"
  case amount = "MPESA_AMOUNT"
  case phone = "MPESA_PHONE"
  case flags = "MPESA_FLAGS"

  // What was learnt, and how.
  case evidence = "MPESA_EVIDENCE"
  case delivery = "MPESA_DELIVERY"
  case source = "MPESA_SOURCE"
  case trust = "MPESA_TRUST"
  case receivedAt = "MPESA_RECEIVED_AT"
  case attempt = "MPESA_ATTEMPT"
  case outcome = "MPESA_OUTCOME"
  case waitSeconds = "MPESA_WAIT_SECONDS"

  // Telling the shop.
  case webhookID = "MPESA_WEBHOOK_ID"
  case webhookType = "MPESA_WEBHOOK_TYPE"
  case webhookAttempt = "MPESA_WEBHOOK_ATTEMPT"
  case webhookStatus = "MPESA_WEBHOOK_STATUS"
  case webhookNext = "MPESA_WEBHOOK_NEXT"

  // People and settings.
  case actor = "MPESA_ACTOR"
  case settings = "MPESA_SETTINGS"
  case changes = "MPESA_CHANGES"
  case needRestart = "MPESA_NEED_RESTART"

  // The house.
  case count = "MPESA_COUNT"
  case days = "MPESA_DAYS"
  case stepSeconds = "MPESA_STEP_SECONDS"
  case error = "MPESA_ERROR"
  case file = "MPESA_FILE"
  case port = "MPESA_PORT"
  case version = "MPESA_VERSION"
}
