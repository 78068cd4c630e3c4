/// Every setting there is: one table for the file, the environment, the flags and the documentation.
///
/// Names that start with `mpesa_` are the ones merchants know; their environment variables are the same in capitals. The others are this
/// program's own, and their variables start with `MPESAD_`.
enum Setting: String, CaseIterable, Sendable {
  case environment = "mpesa_environment"
  case consumerKey = "mpesa_consumer_key"
  case consumerSecret = "mpesa_consumer_secret"
  case businessShortcode = "mpesa_business_shortcode"
  case passkey = "mpesa_passkey"
  case transactionType = "mpesa_transaction_type"
  case tillNumber = "mpesa_till_number"
  case callbackURL = "mpesa_callback_url"
  case minimumAmount = "mpesa_minimum_amount"
  case maximumAmount = "mpesa_maximum_amount"
  case listen
  case stateDirectory = "state_directory"
  case darajaBaseURL = "daraja_base_url"
  case jwtSecret = "jwt_secret"
  case workers
  case querySchedule = "query_schedule_seconds"
  case queryInterval = "query_interval_seconds"
  case queryBurst = "query_burst"
  case breakerRest = "breaker_rest_seconds"
  case promptLifetime = "prompt_lifetime_seconds"
  case connectionLimit = "connection_limit"
  case spoolBytes = "spool_bytes"
  case logLevel = "log_level"

  /// The environment variable of this setting.
  var environmentVariable: String {
    (rawValue.hasPrefix("mpesa_") ? rawValue : "mpesad_\(rawValue)").uppercased()
  }

  /// True for what must never be shown.
  var isSecret: Bool {
    switch self {
    case .consumerKey, .consumerSecret, .passkey, .jwtSecret: true
    default: false
    }
  }
}
