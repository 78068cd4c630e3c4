extension WireAnswer {
  /// "Prompt queued": ResponseCode 0 does not mean paid.
  static func accepted(_ push: Push) -> WireAnswer {
    let text = JSONText.string("Success. Request accepted for processing")
    return .json(
      .object([
        ("MerchantRequestID", .string(push.merchantRequestID)),
        ("CheckoutRequestID", .string(push.checkoutRequestID)),
        ("ResponseCode", .string("0")),
        ("ResponseDescription", text),
        ("CustomerMessage", text),
      ]))
  }

  /// The token and its life in seconds, as a string: the portal's sample has a number, all real traffic a string.
  static func token(_ token: String, lifetime: Duration) -> WireAnswer {
    // One second less than it lives, as the real one says.
    let seconds = max(1, lifetime.components.seconds - 1)
    return .json(.object([("access_token", .string(token)), ("expires_in", .string(String(seconds)))]))
  }
}
