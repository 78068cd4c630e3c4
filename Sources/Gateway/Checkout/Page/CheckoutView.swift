import Daraja
import Payments

/// What the changing part of a checkout page shows; the template `checkout-state` names these properties.
struct CheckoutView: Sendable {
  struct Countdown: Sendable {
    /// Seconds left, and of how many.
    var left: Int64
    var total: Int64
    /// The same as `1:23`.
    var clock: String
    /// How much of the ring of length 100 is gone.
    var gone: Int64
  }

  struct Form: Sendable {
    var action: String
    /// What was typed before, where something was wrong with it.
    var phone: String
    /// What is wrong with it.
    var wrong: String?
    var button: String
    var isSecond: Bool
  }

  /// A button that posts something by itself.
  struct Button: Sendable {
    var action: String
    var label: String
    var isMain: Bool
  }

  struct Wait: Sendable {
    var seconds: Int64
    var text: String
    /// With `%` for the time.
    var pattern: String
  }

  struct Fact: Sendable {
    var label: String
    var value: String
    /// The bare value for other programs; nil where it is not copied.
    var copied: String?
  }

  /// A link out of here and what it says; with `%` for the time where it is followed by itself.
  struct Leaving: Sendable {
    var url: String
    var pattern: String
  }

  var state: String
  var version: String
  var isFinal: Bool
  var title: String
  /// The title of the window: what is to be done or was, and for whom.
  var heading: String
  var sentence: String
  var hint: String?
  var phone: String?
  var problem: String?
  var notice: String?
  var amount: String
  var merchant: String?
  var purpose: String?
  var isPaid = false
  var isTrouble = false
  var isWaiting = false
  var isQuestion = false
  var isReady = false
  var countdown: Countdown?
  var facts: [Fact] = []
  var form: Form?
  var again: Button?
  var check: Button?
  var wait: Wait?
  var manual: [Fact] = []
  var hasManual = false
  var success: Leaving?
  var cancel: Leaving?
  var texts: Labels
}

extension CheckoutView {
  /// The words around what changes.
  struct Labels: Sendable {
    var phoneLabel, phoneHint, remember, problemTitle, otherNumber, copy, copied, print, toShop, stay: String
    var manualTitle, manualWarning, countdownLabel, countdownOver, secondsLeft, sending, secured: String

    init(_ texts: CheckoutTexts) {
      (phoneLabel, phoneHint, remember) = (texts.phoneLabel, texts.phoneHint, texts.remember)
      (problemTitle, otherNumber, copy, copied) = (texts.problemTitle, texts.otherNumber, texts.copy, texts.copied)
      (print, toShop, stay) = (texts.print, texts.toShop, texts.stay)
      (manualTitle, manualWarning) = (texts.manualTitle, texts.manualWarning)
      (countdownLabel, countdownOver, secondsLeft) = (texts.countdownLabel, texts.countdownOver, texts.secondsLeft)
      (sending, secured) = (texts.sending, texts.secured)
    }
  }
}
