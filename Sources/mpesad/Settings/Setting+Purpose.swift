extension Setting {
  /// What it is for, in a sentence.
  var purpose: String {
    switch self {
    case .environment: "Which of Safaricom's two worlds: the sandbox, where nobody pays, or production."
    case .consumerKey: "Names your app to Daraja; the portal shows it."
    case .consumerSecret: "Proves to Daraja that the app is yours."
    case .businessShortcode: "The paybill that is paid, or for a till its store number."
    case .passkey: "Signs each prompt; Safaricom gave it to you with the shortcode."
    case .transactionType: "Whether shoppers pay a paybill or buy goods at a till."
    case .tillNumber: "The till that is paid, where goods are bought."
    case .callbackURL: "The public address to which Safaricom posts results."
    case .callbackSources: "The addresses that Safaricom's callbacks come from."
    case .callbackPolicy: "What is done about callbacks from other addresses: nothing, a note, or a refusal."
    case .minimumAmount: "The smallest amount that a shopper may be asked for."
    case .maximumAmount:
      "The largest amount that a shopper may be asked for. Safaricom's published limit is 250,000; a higher one is for when they raise it."
    case .promptLifetime: "How many seconds a prompt is taken to be open on the phone, so that no second one is sent."
    case .querySchedule: "How many seconds after a push Safaricom is asked, where no callback has come."
    case .queryInterval: "How many seconds lie between two questions to Safaricom, on average."
    case .queryBurst: "How many questions may be put at once after a rest."
    case .retentionDays: "How many days raw bytes of callbacks and webhooks are kept; 0 for ever."
    case .webhookURL: "The address of your own system that is told of each settlement."
    case .webhookSecret: "Signs what your own system is told, so that it knows who speaks."
    case .webhookPrivateAddresses: "Whether your own system may stand at a private address."
    case .merchantName: "The name that shoppers read when they pay."
    case .checkoutURL: "The public address of the payment pages."
    case .console: "Whether this console is there."
    case .listen: "The address and port that mpesad listens at."
    case .stateDirectory: "Where the database and the keys are."
    case .darajaBaseURL: "Where Daraja is, for a simulator or a relay."
    case .trustedProxies: "The proxies whose word about a client's address is believed."
    case .tlsCertificateFile: "The certificate for TLS without a proxy."
    case .tlsKeyFile: "The certificate's private key."
    case .jwtSecret: "The key that access tokens are signed with, where your shop issues them."
    case .jwtKeysFile: "Public keys of whoever issues access tokens."
    case .jwtIssuer: "Who must have issued an access token."
    case .jwtAudience: "Whom an access token must be for."
    case .jwtStaffClaim: "What an access token says about somebody of your staff."
    case .rateLimitUser: "Requests a minute of one user; 0 for no limit."
    case .rateLimitPhone: "Prompts a minute to one phone; 0 for no limit."
    case .rateLimitAddress: "Requests a minute from one address; 0 for no limit."
    case .rateLimitCallback: "Unproven callbacks a minute from one address; 0 for no limit."
    case .workers: "How many workers read callbacks at once."
    case .breakerRest: "How many seconds Safaricom is left alone after it did not answer."
    case .connectionLimit: "How many connections may be open at once."
    case .spoolDirectory:
      "Where those bytes are kept, on another disk than the database for instance; the state directory unless set."
    case .spoolBytes: "How many bytes of callbacks are kept beside the database while it does not commit; 0 for none."
    case .logLevel: "How much is logged."
    case .logFormat: "How log lines look."
    }
  }

  /// What may go wrong when it is changed; nil where a mistake is harmless and easily undone.
  var caution: String? {
    switch self {
    case .environment:
      "From then on prompts go to the other world: in production people pay real money, in the sandbox nobody does."
    case .consumerKey, .consumerSecret, .businessShortcode, .passkey, .transactionType:
      "With a wrong one no prompt can be sent and nothing can be asked. Payments under way are asked about with the new one."
    case .tillNumber: "From then on money goes to this till."
    case .callbackURL:
      "Prompts from then on name the new address. If Safaricom cannot reach it, payments settle only when mpesad asks."
    case .callbackSources, .callbackPolicy:
      "Under enforce, callbacks from addresses that are not on the list are refused, and Safaricom does not send them again."
    case .minimumAmount, .maximumAmount: "Prompts over other amounts are refused from then on."
    case .retentionDays: "Raw bytes that are older are removed for good within a day."
    case .webhookURL: "What waits and what comes is told to the new address."
    case .webhookSecret:
      "A receiver that knows only the old secret refuses what it is told. While one replaces the other, give both with a space between."
    case .webhookPrivateAddresses: "Allowed, the daemon posts to addresses inside your network."
    case .console: "Closed, this console is gone at once for everybody, you too; the command line opens it again."
    case .checkoutURL: "Addresses of payment pages that were given out begin with the old one."
    default: nil
    }
  }
}
