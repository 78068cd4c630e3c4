/// Every setting there is: one table for the file, the environment, the flags, the settings table and the documentation.
///
/// Names that start with `mpesa_` are the merchant's: they can live in the settings table, change while the daemon runs, and their
/// environment variables are the same in capitals. The others are the host's, and their variables start with `MPESAD_`.
enum Setting: String, CaseIterable, Codable, Sendable {
  case environment = "mpesa_environment"
  case consumerKey = "mpesa_consumer_key"
  case consumerSecret = "mpesa_consumer_secret"
  case businessShortcode = "mpesa_business_shortcode"
  case passkey = "mpesa_passkey"
  case transactionType = "mpesa_transaction_type"
  case tillNumber = "mpesa_till_number"
  case callbackURL = "mpesa_callback_url"
  case callbackSources = "mpesa_callback_sources"
  case callbackPolicy = "mpesa_callback_policy"
  case minimumAmount = "mpesa_minimum_amount"
  case maximumAmount = "mpesa_maximum_amount"
  case promptLifetime = "mpesa_prompt_lifetime_seconds"
  case querySchedule = "mpesa_query_schedule_seconds"
  case queryInterval = "mpesa_query_interval_seconds"
  case queryBurst = "mpesa_query_burst"
  case retentionDays = "mpesa_retention_days"
  case webhookURL = "mpesa_webhook_url"
  case webhookSecret = "mpesa_webhook_secret"
  case webhookPrivateAddresses = "mpesa_webhook_private_addresses"
  case merchantName = "mpesa_merchant_name"
  case checkoutURL = "mpesa_checkout_url"
  case console = "mpesa_console"
  case listen
  case stateDirectory = "state_directory"
  case darajaBaseURL = "daraja_base_url"
  case trustedProxies = "trusted_proxies"
  case tlsCertificateFile = "tls_certificate_file"
  case tlsKeyFile = "tls_key_file"
  case jwtSecret = "jwt_secret"
  case jwtKeysFile = "jwt_keys_file"
  case jwtIssuer = "jwt_issuer"
  case jwtAudience = "jwt_audience"
  case jwtStaffClaim = "jwt_staff_claim"
  case rateLimitUser = "rate_limit_user_per_minute"
  case rateLimitPhone = "rate_limit_phone_per_minute"
  case rateLimitAddress = "rate_limit_address_per_minute"
  case rateLimitCallback = "rate_limit_callback_per_minute"
  case workers
  case breakerRest = "breaker_rest_seconds"
  case connectionLimit = "connection_limit"
  case spoolBytes = "spool_bytes"
  case spoolDirectory = "spool_directory"
  case logLevel = "log_level"
  case logFormat = "log_format"

  /// Whether it is the merchant's, so that the settings table can hold it.
  var isMerchants: Bool { rawValue.hasPrefix("mpesa_") }

  /// Whether a running daemon takes a change up when it reads its settings again; the others are read at start only. TLS itself is turned on
  /// and off by a restart.
  var isLive: Bool {
    switch self {
    case .darajaBaseURL, .trustedProxies, .tlsCertificateFile, .tlsKeyFile, .jwtSecret, .jwtKeysFile, .jwtIssuer,
      .jwtAudience, .jwtStaffClaim, .rateLimitUser, .rateLimitPhone, .rateLimitAddress, .rateLimitCallback,
      .connectionLimit, .logLevel:
      true
    default: isMerchants
    }
  }

  /// Whether it is a path. A relative one starts from the directory of the configuration file that it stands in, and from the working directory
  /// where a flag or the environment has it.
  var isPath: Bool {
    switch self {
    case .stateDirectory, .spoolDirectory, .tlsCertificateFile, .tlsKeyFile, .jwtKeysFile: true
    default: false
    }
  }

  /// The environment variable of this setting.
  var environmentVariable: String {
    (isMerchants ? rawValue : "mpesad_\(rawValue)").uppercased()
  }

  /// True for what must never be shown.
  var isSecret: Bool {
    switch self {
    case .consumerKey, .consumerSecret, .passkey, .webhookSecret, .jwtSecret: true
    default: false
    }
  }
}
