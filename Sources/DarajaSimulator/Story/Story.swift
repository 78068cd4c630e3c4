/// What the customer does with a prompt, and which of Safaricom's faults comes with it.
///
/// A story is chosen per phone number: programmed through ``DarajaSimulator/program(phone:story:)`` or the control
/// endpoint, else by the fixed table of ``phone``, else ``pays``. Every fault was seen in real traffic or is one that a
/// public service must expect.
public enum Story: String, CaseIterable, Sendable, Codable {
  /// Enters the PIN; the callback says 0.
  case pays
  /// Presses cancel; the callback says 1032.
  case cancels
  /// Leaves the prompt alone until it times out; the callback says 1037.
  case ignores
  /// Enters the PIN without the money for it; the callback says 1.
  case noMoney = "no_money"
  /// Enters a wrong PIN; the callback says 2001.
  case wrongPIN = "wrong_pin"
  /// Pays, and no callback ever comes: only a query knows.
  case callbackNever = "callback_never"
  /// Pays, and the same callback comes twice, byte for byte.
  case callbackTwice = "callback_twice"
  /// Pays so fast that the callback arrives before the push is answered: the push is held back until the merchant has
  /// answered the callback, or for ``SimulatorLimits/callbackAnswer`` when that never happens.
  case callbackFirst = "callback_first"
  /// Pays, but the push's connection is closed without an answer, so the merchant never learns the CheckoutRequestID
  /// from it.
  case answerLost = "answer_lost"
  /// The callback says 1037, and a later one says that it was paid after all.
  case lateSuccess = "late_success"
  /// The success callback states another amount than was asked for.
  case otherAmount = "other_amount"
  /// Refused with the ResultCode `"E3008"`, a string that is no number; half of these callbacks carry no ids.
  case stringCode = "string_code"
  /// Pays, and the callback is invalid JSON: a raw line feed inside a string.
  case rawLineFeed = "raw_line_feed"
  /// The push is answered by a firewall's HTML page with status 403. Nobody is prompted.
  case blockPage = "block_page"
  /// Pays, but the push is answered by an empty body with status 200 or 500.
  case emptyBody = "empty_body"
  /// Pays, and no callback comes; queries say 4999 a few times more before they say 0.
  case pendingThenFinal = "pending_then_final"
  /// Pays; the first query after it says 0 and all later ones 500.001.1001. The callback comes late.
  case noiseAfterFinal = "noise_after_final"
  /// Leaves the prompt alone, while a stranger posts a success with the true id and amount to the address without its
  /// secret.
  case forged

  /// What the shopper did, and what went wrong, in one sentence.
  public var summary: String {
    switch self {
    case .pays: "The shopper entered the PIN and paid."
    case .cancels: "The shopper pressed cancel."
    case .ignores: "The shopper left the prompt alone until it timed out."
    case .noMoney: "The shopper entered the PIN but had too little money."
    case .wrongPIN: "The shopper entered a wrong PIN."
    case .callbackNever: "The shopper paid, and the callback was never sent."
    case .callbackTwice: "The shopper paid, and the callback came twice."
    case .callbackFirst: "The shopper paid, and the callback came before the push was answered."
    case .answerLost: "The shopper paid, and the answer to the push was lost."
    case .lateSuccess: "The shopper could not be reached, and then had paid after all."
    case .otherAmount: "The shopper paid, and the callback states another amount."
    case .stringCode: "The shopper was refused with the code E3008, which is not a number."
    case .rawLineFeed: "The shopper paid, and the callback is not valid JSON."
    case .blockPage: "The shopper was never prompted: a firewall answered the push."
    case .emptyBody: "The shopper paid, and the push was answered by an empty body."
    case .pendingThenFinal: "The shopper paid, no callback came, and Safaricom said 'pending' for a while."
    case .noiseAfterFinal: "The shopper paid, and after saying so once Safaricom answered queries with an error."
    case .forged: "The shopper did nothing, and a stranger claimed that the order was paid."
    }
  }

  /// A number that plays this story without any programming: 254700000001 for the first case, counting up.
  public var phone: String {
    let place = Self.allCases.firstIndex(of: self).map { $0 + 1 } ?? 0
    return Self.phoneStem + decimal(place, width: 3)
  }

  /// Whether money left the customer's account, whatever the merchant was told about it.
  public var customerPaid: Bool {
    switch self {
    case .cancels, .ignores, .noMoney, .wrongPIN, .stringCode, .blockPage, .forged: false
    case .pays, .callbackNever, .callbackTwice, .callbackFirst, .answerLost, .lateSuccess, .otherAmount, .rawLineFeed,
      .emptyBody, .pendingThenFinal, .noiseAfterFinal:
      true
    }
  }

  /// The story that the fixed table gives to `phone`; ``pays`` for a number that is not in it.
  public static func of(phone: String) -> Story {
    guard phone.hasPrefix(phoneStem), phone.count == phoneStem.count + 3 else { return .pays }
    return allCases.first { $0.phone == phone } ?? .pays
  }

  private static let phoneStem = "254700000"
}
