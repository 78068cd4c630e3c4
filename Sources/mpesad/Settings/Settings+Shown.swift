import Daraja

extension Settings {
  /// What a setting that nobody set amounts to, as text; nil where that is nothing.
  func standard(_ setting: Setting) -> String? {
    switch setting {
    case .environment: environment.rawValue
    case .transactionType: MerchantAccount.TransactionType.customerPayBillOnline.rawValue
    case .callbackSources: callbacks.rules.sources.description
    case .callbackPolicy: callbacks.policy.rawValue
    case .minimumAmount: rules.minimum.description
    case .maximumAmount: rules.maximum.description
    case .promptLifetime: Self.seconds(rules.promptLifetime)
    case .querySchedule: schedule.offsets.map(Self.seconds).joined(separator: ", ")
    case .queryInterval: Self.seconds(budget.interval)
    case .queryBurst: String(budget.burst)
    case .retentionDays: String(retentionDays ?? 0)
    case .webhookPrivateAddresses: webhook.allowsPrivateAddresses ? "allow" : "refuse"
    case .checkoutURL: checkout.base
    case .console: isConsoleOpen ? "open" : "closed"
    case .listen: "\(listenHost):\(listenPort)"
    case .stateDirectory: stateDirectory
    case .darajaBaseURL: darajaBaseURL
    case .rateLimitUser: String(rateLimits.user ?? 0)
    case .rateLimitPhone: String(rateLimits.phone ?? 0)
    case .rateLimitAddress: String(rateLimits.address ?? 0)
    case .rateLimitCallback: String(rateLimits.callback ?? 0)
    case .workers: String(workers)
    case .breakerRest: Self.seconds(breakerRest)
    case .connectionLimit: String(connectionLimit)
    case .spoolBytes: String(spoolBytes)
    case .spoolDirectory: spoolDirectory ?? stateDirectory
    case .logLevel: logLevel.rawValue
    case .logFormat: logFormat.rawValue
    case .consumerKey, .consumerSecret, .businessShortcode, .passkey, .tillNumber, .callbackURL, .webhookURL,
      .webhookSecret, .merchantName, .trustedProxies, .tlsCertificateFile, .tlsKeyFile, .jwtSecret, .jwtKeysFile,
      .jwtIssuer,
      .jwtAudience, .jwtStaffClaim:
      nil
    }
  }

  private static func seconds(_ microseconds: Microseconds) -> String {
    microseconds % 1_000_000 == 0
      ? String(microseconds / 1_000_000) : String(Double(microseconds) / 1_000_000)
  }
}
