/// All that the checkout says, in one language. `%` stands for what is filled in. The hyphen of M‑Pesa is the one that does not break
/// (U+2011): on a small screen half a name would stand at a line's end.
struct CheckoutTexts: Sendable {
  /// What a state says: a heading and one sentence on what to do.
  struct State: Sendable {
    var title: String
    var sentence: String
  }

  var states: @Sendable (CheckoutState) -> State
  /// With the merchant's name.
  var payMerchant: String
  /// With the amount.
  var pay: String
  var tryAgain: String
  /// With the masked phone.
  var tryAgainOn: String
  var otherNumber: String
  /// With minutes and seconds.
  var tryAgainIn: String
  var checkNow: String
  var phoneLabel: String
  var phoneHint: String
  var remember: String
  var phoneProblem: String
  var problemTitle: String
  var unlockHint: String
  var countdownLabel: String
  /// With a number of seconds.
  var secondsLeft: String
  var countdownOver: String
  var orderLabel: String
  var payingWith: String
  var receiptLabel: String
  var receiptFollows: String
  var amountLabel: String
  var timeLabel: String
  var copy: String
  var copied: String
  var print: String
  var toShop: String
  /// With a number of seconds.
  var leavingIn: String
  var stay: String
  var cancel: String
  var manualTitle: String
  var manualWarning: String
  var payBill: String
  var till: String
  var account: String
  var olderDoubt: String
  var tooOften: String
  var askedJustNow: String
  var askedStill: String
  var busy: String
  var cannotPrompt: String
  var unavailable: String
  var unknownTitle: String
  var unknownSentence: String
  var brokenTitle: String
  var reload: String
  var connectionLost: String
  var sending: String
  var secured: String
  var months: [String]
}

extension String {
  /// With something in the place of `%`.
  func filled(_ value: some CustomStringConvertible) -> String { replacing("%", with: value.description) }
}
