@testable import mpesad

/// A state of the checkout: what its page says, and how an order comes to be there.
struct CheckoutScene: Sendable {
  /// As the page names it.
  var state: String
  /// What pictures of it are called, where there are several of one state.
  var name: String
  var english: String
  var swahili: String
  /// Whether a page without a script looks again by itself.
  var isAwaited = false
  /// Whether it says when something can be done again, and such a page looks again as well.
  var isWaiting = false
  /// The button or link that matters most; nil where there is nothing to do.
  var action: String?
  /// Whether the order's time is over.
  var isPast = false
  /// Brings an unpaid order there.
  var put: @Sendable (WebHouse, WebHouse.Placed) async throws -> Void

  init(
    _ state: String, name: String? = nil, _ english: String, _ swahili: String, isAwaited: Bool = false,
    isWaiting: Bool = false, isPast: Bool = false, action: String? = nil,
    _ put: @escaping @Sendable (WebHouse, WebHouse.Placed) async throws -> Void
  ) {
    (self.state, self.name, self.english, self.swahili) = (state, name ?? state, english, swahili)
    (self.isAwaited, self.isWaiting, self.isPast, self.action) = (isAwaited, isWaiting, isPast, action)
    self.put = put
  }

  /// Makes an order that is there.
  func make(
    _ house: WebHouse, amount: String = "1500", reference: String = "INV-1042", description: String = "Two solar lamps",
    success: String = "/thanks", cancel: String = "/cart"
  ) async throws -> WebHouse.Placed {
    let order = try await house.order(
      amount: amount, reference: reference, description: description, success: house.shopURL + success,
      cancel: house.shopURL + cancel, isPast: isPast)
    try await put(house, order)
    return order
  }

  static let all: [CheckoutScene] = [
    CheckoutScene("ready", "Pay with M‑Pesa", "Lipa na M‑Pesa", action: "Pay KES 1,500") { _, _ in },
    CheckoutScene("sending", "Sending the prompt", "Tunatuma ombi", isAwaited: true) { house, order in
      _ = try await house.requested(order)
    },
    CheckoutScene("prompted", "Check your phone", "Angalia simu yako", isAwaited: true, action: checkNow) {
      try await $0.prompted($1)
    },
    CheckoutScene("checking", "Checking your payment", "Tunaangalia malipo yako", isAwaited: true, action: checkNow) {
      try await $0.prompted($1, secondsAgo: 95)
    },
    CheckoutScene("paid", "Paid", "Umelipa", action: "Back to the shop") { try await $0.paid($1) },
    refused("cancelled", "1032", "You cancelled the payment", "Umeghairi malipo"),
    refused("wrong-pin", "2001", "That PIN was not right", "PIN si sahihi"),
    refused("pin-locked", "8006", "Your M‑Pesa PIN is locked", "PIN yako ya M‑Pesa imefungwa"),
    refused("insufficient-funds", "1", "Not enough money in M‑Pesa", "Salio lako la M‑Pesa halitoshi"),
    // Safaricom is asked before another prompt: the payment may have been made after all.
    CheckoutScene("unreachable", "Your phone did not answer", "Simu yako haikujibu", isWaiting: true) {
      try await $0.ended($1, "1037")
    },
    // The phone has the prompt of another order.
    CheckoutScene("cancelled", name: "waiting", "You cancelled the payment", "Umeghairi malipo", isWaiting: true) {
      house, order in
      try await house.ended(order, "1032", secondsAgo: 80)
      try await house.prompted(house.order(), phone: WebHouse.phone(of: order), secondsAgo: 70)
    },
    refused("limit", "2", "This is above your M‑Pesa limit", "Umefikia kiwango chako cha M‑Pesa"),
    refused("failed", "E3008", "The payment did not go through", "Malipo hayakufaulu"),
    CheckoutScene("still-checking", "Still checking", "Bado tunaangalia", isAwaited: true, action: checkNow) {
      try await $0.prompted($1, secondsAgo: 150)
    },
    CheckoutScene("review", "The shop is looking at your payment", "Duka linaangalia malipo yako", isAwaited: true) {
      try await $0.paid($1, cents: 149_900)
    },
    CheckoutScene("expired", "This link has expired", "Muda wa linki hii umeisha", isPast: true) { _, _ in },
  ]

  private static let checkNow = "I have paid: check now"

  private static func refused(
    _ state: String, _ code: String, _ english: String, _ swahili: String
  ) -> CheckoutScene {
    CheckoutScene(state, english, swahili, action: "Try again on 07••\u{A0}•••\u{A0}149") {
      try await $0.ended($1, code)
    }
  }
}
