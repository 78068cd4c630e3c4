/// Settings that people look for together.
enum SettingGroup: String, CaseIterable, Sendable {
  case account, callbacks, amounts, questions, webhooks, faces, host

  var title: String {
    switch self {
    case .account: "Your account at Safaricom"
    case .callbacks: "Callbacks"
    case .amounts: "Prompts"
    case .questions: "Questions to Safaricom"
    case .webhooks: "Telling your own system"
    case .faces: "Payment pages and this console"
    case .host: "This host"
    }
  }

  var settings: [Setting] { Setting.allCases.filter { Self.group(of: $0) == self } }

  private static func group(of setting: Setting) -> SettingGroup {
    switch setting {
    case .environment, .consumerKey, .consumerSecret, .businessShortcode, .passkey, .transactionType, .tillNumber:
      .account
    case .callbackURL, .callbackSources, .callbackPolicy, .retentionDays: .callbacks
    case .minimumAmount, .maximumAmount, .promptLifetime: .amounts
    case .querySchedule, .queryInterval, .queryBurst: .questions
    case .webhookURL, .webhookSecret, .webhookPrivateAddresses: .webhooks
    case .merchantName, .checkoutURL, .console: .faces
    default: .host
    }
  }
}
