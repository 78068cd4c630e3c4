extension CheckoutTexts {
  static let english = CheckoutTexts(
    states: { state in
      switch state {
      case .ready:
        State(
          title: "Pay with M‑Pesa", sentence: "Enter your M‑Pesa number. A prompt for your PIN comes to that phone.")
      case .sending:
        State(title: "Sending the prompt", sentence: "Keep your phone at hand: the M‑Pesa prompt is on its way.")
      case .prompted: State(title: "Check your phone", sentence: "Enter your M‑Pesa PIN on the phone to pay.")
      case .checking:
        State(
          title: "Checking your payment",
          sentence: "We are asking M‑Pesa how it stands. If a prompt is on your phone, answer it.")
      case .paid: State(title: "Paid", sentence: "Thank you. Your payment has been received.")
      case .cancelled: State(title: "You cancelled the payment", sentence: "No money was taken.")
      case .wrongPIN:
        State(title: "That PIN was not right", sentence: "No money was taken. Check your M‑Pesa PIN, then try again.")
      case .pinLocked:
        State(
          title: "Your M‑Pesa PIN is locked",
          sentence: "No money was taken. Call Safaricom on 234 to unlock it, then try again.")
      case .insufficientFunds:
        State(
          title: "Not enough money in M‑Pesa",
          sentence: "No money was taken. Top up your M‑Pesa account, then try again.")
      case .unreachable:
        State(title: "Your phone did not answer", sentence: "Unlock it, see that it has network, then try again.")
      case .limit:
        State(
          title: "This is above your M‑Pesa limit",
          sentence: "No money was taken. Pay from another number, or try again tomorrow.")
      case .failedOtherwise:
        State(
          title: "The payment did not go through", sentence: "M‑Pesa did not carry it out. Try again, or ask the shop.")
      case .stillChecking:
        State(
          title: "Still checking",
          sentence: "M‑Pesa has not told us yet how the payment ended. If you entered your PIN, do not pay again.")
      case .review:
        State(
          title: "The shop is looking at your payment",
          sentence: "Money for this order may have arrived. Do not pay again; the shop will confirm it.")
      case .expired:
        State(
          title: "This link has expired",
          sentence:
            "No payment for this order has reached the shop. Ask the shop for a new link; if M‑Pesa sent you a message that you "
            + "paid, show it to them.")
      }
    },
    payMerchant: "Pay %", pay: "Pay %", tryAgain: "Try again",
    tryAgainOn: "Try again on %", otherNumber: "Use another number", tryAgainIn: "You can try again in %",
    checkNow: "I have paid: check now", phoneLabel: "M‑Pesa number", phoneHint: "For example 0712 345 678",
    remember: "Remember my number on this device",
    phoneProblem: "Enter a Safaricom number such as 0712 345 678.", problemTitle: "Please check this:",
    unlockHint: "No prompt yet? Unlock your phone and wait a little. There is no need to send it again.",
    countdownLabel: "Most people answer within a minute and a half", secondsLeft: "% seconds",
    countdownOver: "It can take a little longer. Nothing is lost.", orderLabel: "Order", payingWith: "Phone",
    receiptLabel: "M‑Pesa receipt", receiptFollows: "In the message from M‑Pesa", amountLabel: "Amount",
    timeLabel: "Time (EAT)", copy: "Copy", copied: "Copied", print: "Print", toShop: "Back to the shop",
    leavingIn: "Taking you back to the shop in % s", stay: "Stay here", cancel: "Cancel and go back to the shop",
    manualTitle: "Pay without the prompt",
    manualWarning: "Only if no prompt came and you have not paid yet. In M‑Pesa, choose Lipa na M‑Pesa:",
    payBill: "PayBill number", till: "Till number (Buy Goods)", account: "Account number",
    olderDoubt: "An earlier try is still being checked. If it was paid, this page will say so.",
    tooOften: "That was too often. Wait a minute, then try again.",
    askedJustNow: "M‑Pesa was asked a moment ago. Wait a few seconds before you ask again.",
    askedStill: "We asked M‑Pesa: there is no answer yet. This page keeps looking.",
    busy: "M‑Pesa is busy and sent no prompt. Try again in a moment.",
    cannotPrompt: "The shop cannot send prompts at the moment. Ask the shop how to pay.",
    unavailable: "We cannot look it up right now. Nothing is lost; this page tries again by itself.",
    unknownTitle: "This link does not work",
    unknownSentence: "Check that the whole address was copied, or ask the shop for a new link.",
    brokenTitle: "One moment, please", reload: "Look again", connectionLost: "No connection. Trying again…",
    sending: "Sending…",
    secured: "You enter your PIN on your phone only, never on this page.",
    months: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"])
}
