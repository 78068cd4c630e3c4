@testable import DarajaSimulator

extension Push {
  /// 2026-02-03 10:15:30.250 in Nairobi.
  static let sampleMoment: Int64 = 1_770_102_930_250_000

  static func sample(
    amount: Int64 = 1_500, callbackURL: String = "http://127.0.0.1:9/callback/secret/", partyMismatch: Bool = false,
    variation: Variation = Variation(bits: 0)
  ) -> Push {
    Push(
      phone: "254712345678", amount: amount, callbackURL: callbackURL, partyMismatch: partyMismatch,
      merchantRequestID: "2654-4b64-97ff-b827b542881d3130", checkoutRequestID: "ws_CO_03022026101530250712345678",
      acceptedAt: sampleMoment, receipt: "UB3AAAAAA1", forgedReceipt: "UB3ZZZZZZ9", variation: variation)
  }
}
