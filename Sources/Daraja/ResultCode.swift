/// How a payment ended, in Safaricom's words: the `ResultCode` of a callback or of a query answer.
///
/// It is text. Real codes include `E3008`, `SFC_IC0003` and `BW-HTTP-100300`, and a program that reads those as a
/// number with the default 0 marks unpaid orders as paid.
public struct ResultCode: Hashable, Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
  /// The code exactly as it came; a JSON number as it was written.
  public let text: String

  /// A code with this text, taken as it is.
  public init(_ text: String) {
    self.text = text
  }

  /// A code with this text, taken as it is.
  public init(stringLiteral value: String) {
    self.text = value
  }

  /// The only code that means paid: `0`, exactly. `00`, `0.0` and an empty text are not it.
  public static let success = ResultCode("0")

  /// Same as ``text``.
  public var description: String { text }

  /// What the code proves, by the portal's list (MpesaExpressSimulate, AccountBalance) and by codes seen in live and
  /// sandbox traffic.
  ///
  /// The code alone decides: the description of one and the same result differs between callback and query.
  /// A code that is not known is ``ResultMeaning/ambiguous``.
  public var meaning: ResultMeaning {
    Self.known[text]?.meaning ?? .ambiguous
  }

  /// Whether the customer may be offered a new prompt for the same order at once.
  ///
  /// False where the first prompt may still have moved money, where the same attempt would fail again, and for every
  /// unknown code. For 1037 ask Safaricom (STK query) first: "cannot be reached" has turned into a late success.
  public var mayPromptAgain: Bool {
    Self.known[text]?.mayPromptAgain ?? false
  }

  /// Whether a success may still follow this refusal: the phone was not reached in time, and "cannot be reached" has turned into a late
  /// success. A new prompt waits until Safaricom was asked (STK query).
  public var needsConfirmation: Bool { Self.unconfirmed.contains(text) }

  /// Transaction expired; SMSC ACK timeout; user cannot be reached.
  private static let unconfirmed: Set<String> = ["1019", "1036", "1037"]

  private struct Row {
    let meaning: ResultMeaning
    let mayPromptAgain: Bool

    init(_ meaning: ResultMeaning, again mayPromptAgain: Bool = false) {
      self.meaning = meaning
      self.mayPromptAgain = mayPromptAgain
    }
  }

  private static let known: [String: Row] = [
    // The service request is processed successfully.
    "0": Row(.paid),
    // The balance is insufficient: the customer tops up and tries again.
    "1": Row(.refused(.insufficientFunds), again: true),
    // Below the minimum, above the maximum, above the day's limit of the customer.
    "2": Row(.refused(.limit)),
    "3": Row(.refused(.limit)),
    "4": Row(.refused(.limit)),
    // The till or paybill would exceed its own maximum balance.
    "8": Row(.refused(.merchantLimit)),
    // The DebitParty is in an invalid state.
    "11": Row(.refused(.invalidParty)),
    // "Rule limited" (same amount and customer within 2 minutes), but also "System internal error": proves nothing.
    "17": Row(.ambiguous),
    // Unresolved initiator: a fault of the merchant's set-up.
    "20": Row(.refused(.configuration)),
    // Traffic blocking, system busy.
    "26": Row(.ambiguous),
    // Unable to lock subscriber: another session is open, and it may be the one with our first prompt.
    "1001": Row(.ambiguous),
    // Transaction has expired.
    "1019": Row(.timeout, again: true),
    // Error sending push request: the text of the prompt was too long, or no reason given.
    "1025": Row(.refused(.promptFailed)),
    // Request cancelled by user; 1031 is the older twin.
    "1031": Row(.cancelled, again: true),
    "1032": Row(.cancelled, again: true),
    // SMSC ACK timeout; user cannot be reached, no response from user.
    "1036": Row(.timeout, again: true),
    "1037": Row(.timeout, again: true),
    // "The initiator information is invalid": in an STK push the initiator is the customer, so a wrong PIN.
    "2001": Row(.refused(.wrongPIN), again: true),
    // Seen in third-party lists only.
    "2002": Row(.ambiguous),
    // Not permitted according to product assignment: TransactionType or PartyB do not fit the shortcode.
    "2028": Row(.refused(.configuration)),
    "2029": Row(.refused(.configuration)),
    // No response from user (M-Pesa Ethiopia).
    "3002": Row(.timeout),
    // The transaction is still under processing: queries only, never a failure.
    "4999": Row(.pending),
    // The security credential is locked: the customer has to call Safaricom.
    "8006": Row(.refused(.pinLocked)),
    // Push error without a reason.
    "9999": Row(.ambiguous),
    // The operator does not exist: TransactionType or PartyB do not fit the shortcode.
    "SFC_IC0003": Row(.refused(.configuration)),
    // Wrong PIN (M-Pesa Ethiopia).
    "TP40087": Row(.refused(.wrongPIN)),
    // Error, the user has a bad debt contract.
    "E3008": Row(.refused(.badDebt)),
    // Seen live in a query, without a text.
    "BW-HTTP-100300": Row(.ambiguous),
  ]
}
