public import Payments

/// The name of each kind of step in the audit log, as it stands in the field `MPESA_EVENT`. Stable: alerts and searches are built on it.
///
/// What was decided about a payment has the same name here as in the payment's timeline.
public enum AuditEvent: String, Hashable, Sendable, CaseIterable {
  // What was decided about a payment.
  case pushRequested = "push_requested"
  case pushAccepted = "push_accepted"
  case pushRejected = "push_rejected"
  case pushUncertain = "push_uncertain"
  case completed
  case failed
  case review
  case lateSuccess = "late_success"
  case receiptFilled = "receipt_filled"
  case contradicted
  case duplicate
  case ignored
  case untrusted
  case noInformation = "no_information"
  case ruling
  case matched

  // Callbacks at the door.
  case callbackAccepted = "callback_accepted"
  case sourceUnlisted = "source_unlisted"
  case sourceRefused = "source_refused"
  case provenCallbackRefused = "proven_callback_refused"
  case sourceLimited = "source_limited"
  case wrongToken = "wrong_token"
  case callbackUnstored = "callback_unstored"

  // Deliveries that led to no decision.
  case deliveryParked = "delivery_parked"
  case deliveryUnmatched = "delivery_unmatched"
  case deliveryQuarantined = "delivery_quarantined"
  case deliveryRefused = "delivery_refused"

  // Asking Safaricom.
  case queryAnswered = "query_answered"
  case queryUnanswered = "query_unanswered"
  case budgetExhausted = "query_budget_exhausted"
  case breakerOpened = "breaker_opened"
  case breakerClosed = "breaker_closed"

  // Telling the merchant.
  case webhookDelivered = "webhook_delivered"
  case webhookRetried = "webhook_retried"
  case webhookParked = "webhook_parked"
  case webhookUnaddressed = "webhook_unaddressed"
  case webhooksImpossible = "webhooks_impossible"

  // The way to the disk.
  case databaseFailed = "database_failed"
  case databaseRecovered = "database_recovered"
  case databaseUnusable = "database_unusable"
  case databaseOpened = "database_opened"
  case copyInPlace = "copy_in_place"
  case outcomeUnknown = "outcome_unknown"
  case databaseDamaged = "database_damaged"
  case filesDisplaced = "files_displaced"
  case databaseRescued = "database_rescued"
  case databaseRescueFailed = "database_rescue_failed"
  case spoolUsed = "spool_used"
  case spoolDrained = "spool_drained"
  case spoolUnusable = "spool_unusable"
  case spoolDamaged = "spool_damaged"
  case spoolFilling = "spool_filling"
  case spoolReplaced = "spool_replaced"
  case callbacksRefused = "callbacks_refused"
  case checkpointFailed = "checkpoint_failed"

  // The service.
  case started
  case ready
  case reloaded
  case reloadRefused = "reload_refused"
  case stopped
  case adminSocketMissing = "admin_socket_missing"
  case certificateEnds = "certificate_ends"

  // Settings and people.
  case receiveOnly = "receive_only"
  case settingsComplete = "settings_complete"
  case settingUnusable = "setting_unusable"
  case settingsChanged = "settings_changed"
  case login
  case loginRefused = "login_refused"
  case logout
  case operated = "operator"

  // The house itself.
  case retention
  case clockStepped = "clock_stepped"
  case clockDoubted = "clock_doubted"
  case unprovenPurged = "unproven_purged"
  case trouble

  /// The name of a line in a timeline.
  public init(_ kind: TimelineEvent.Kind) {
    self =
      switch kind {
      case .pushRequested: .pushRequested
      case .pushAccepted: .pushAccepted
      case .pushRejected: .pushRejected
      case .pushUncertain: .pushUncertain
      case .completed: .completed
      case .failed: .failed
      case .review: .review
      case .lateSuccess: .lateSuccess
      case .receiptFilled: .receiptFilled
      case .contradicted: .contradicted
      case .duplicate: .duplicate
      case .ignored: .ignored
      case .untrusted: .untrusted
      case .noInformation: .noInformation
      case .ruling: .ruling
      case .matched: .matched
      }
  }
}
