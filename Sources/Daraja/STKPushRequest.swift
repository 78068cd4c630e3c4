/// What to ask of whom: the part of an STK push that changes from payment to payment.
public struct STKPushRequest: Hashable, Sendable, CustomDebugStringConvertible, CustomReflectable {
  /// The most that one transaction may move, 250,000 KES (portal, MpesaExpressSimulate FAQ 5). It has been raised
  /// before, so that it is a default and can be set.
  public static let maximumAmount = Amount(cents: 25_000_000)
  /// The longest AccountReference, in characters. A longer one was accepted once and its prompt never shown.
  public static let maximumAccountReferenceLength = 12
  /// The longest TransactionDesc, in characters.
  public static let maximumDescriptionLength = 13
  /// The longest CallBackURL, in bytes. Daraja states no limit; a longer one is a mistake.
  public static let maximumCallbackURLBytes = 512

  /// How much, in whole shillings.
  public let amount: Amount
  /// Who is prompted and pays.
  public let phone: MSISDN
  /// Where the result goes. It holds the token that makes its callback believed: never for a log.
  public let callbackURL: String
  /// What the customer sees as the account.
  public let accountReference: String
  /// Daraja's TransactionDesc. The documentation calls it optional, the API refuses a push without it.
  public let description: String

  /// Checks the parts against Daraja's rules, so that what it refuses, or worse, accepts and never shows, fails here.
  ///
  /// - Parameters:
  ///   - amount: Whole shillings, from 1 to `maximum`.
  ///   - phone: Who is prompted.
  ///   - callbackURL: Absolute `http` or `https` URL in printable ASCII, at most 512 bytes. Production takes
  ///     `https` only.
  ///   - accountReference: 1 to 12 of `A-Z a-z 0-9`, space and `-`; other characters have made prompts disappear.
  ///   - description: 1 to 13 of the same.
  ///   - maximum: The largest amount.
  /// - Throws: ``InvalidPush``, which names the field.
  public init(
    amount: Amount, phone: MSISDN, callbackURL: String, accountReference: String, description: String,
    maximum: Amount = STKPushRequest.maximumAmount
  ) throws(InvalidPush) {
    guard let shillings = amount.wholeShillings else {
      throw InvalidPush(field: .amount, reason: "M-Pesa takes whole shillings; \(amount) has cents")
    }
    guard shillings >= 1, amount <= maximum else {
      throw InvalidPush(field: .amount, reason: "\(amount) is not between 1.00 and \(maximum)")
    }
    try Self.check(callbackURL: callbackURL)
    try Self.check(accountReference, field: .accountReference, limit: Self.maximumAccountReferenceLength)
    try Self.check(description, field: .description, limit: Self.maximumDescriptionLength)
    self.amount = amount
    self.phone = phone
    self.callbackURL = callbackURL
    self.accountReference = accountReference
    self.description = description
  }

  private static func check(callbackURL: String) throws(InvalidPush) {
    let scheme = ["https://", "http://"].first { callbackURL.hasPrefix($0) }
    guard let scheme, callbackURL.utf8.count > scheme.utf8.count else {
      throw InvalidPush(field: .callbackURL, reason: "it must be an absolute https:// or http:// URL")
    }
    guard callbackURL.utf8.count <= maximumCallbackURLBytes else {
      throw InvalidPush(field: .callbackURL, reason: "it is longer than \(maximumCallbackURLBytes) bytes")
    }
    guard callbackURL.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
      throw InvalidPush(field: .callbackURL, reason: "it holds a space or a character outside of ASCII")
    }
  }

  private static func check(_ text: String, field: InvalidPush.Field, limit: Int) throws(InvalidPush) {
    let allowed = text.utf8.allSatisfy { $0.isASCIIAlphanumeric || $0 == 0x20 || $0 == 0x2D }
    guard allowed else {
      throw InvalidPush(field: field, reason: "only A-Z, a-z, 0-9, space and - arrive safely")
    }
    guard text.utf8.contains(where: \.isASCIIAlphanumeric), text.utf8.count <= limit else {
      throw InvalidPush(field: field, reason: "it must have 1 to \(limit) characters, one of them a letter or digit")
    }
  }

  /// The request for a log: without the callback URL, and with the number masked.
  public var debugDescription: String {
    "STK push of \(amount) to \(phone.masked) for \"\(accountReference)\""
  }

  /// Shows ``debugDescription`` only, so that `dump` does not reveal the callback URL.
  public var customMirror: Mirror { Mirror(self, children: ["push": debugDescription]) }
}

/// Which part of an STK push breaks Daraja's rules.
public struct InvalidPush: Error, Hashable, Sendable, CustomStringConvertible {
  /// A part of the push; the raw values are Daraja's field names.
  public enum Field: String, Hashable, Sendable, CaseIterable {
    /// The amount.
    case amount = "Amount"
    /// The callback URL.
    case callbackURL = "CallBackURL"
    /// The account reference.
    case accountReference = "AccountReference"
    /// The description.
    case description = "TransactionDesc"
  }

  /// The part that is wrong.
  public let field: Field
  /// What is wrong with it, without repeating a URL.
  public let reason: String

  /// An error about this field.
  public init(field: Field, reason: String) {
    self.field = field
    self.reason = reason
  }

  /// The field and what is wrong with it.
  public var description: String { "\(field.rawValue): \(reason)." }
}
