/// What Safaricom reports, once, about an STK push. It carries no signature: whether to believe it is
/// decided elsewhere.
public struct STKCallback: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// Daraja's id of the request, opaque.
  public var merchantRequestID: String?
  /// Daraja's id of the push, opaque; the same as in the answer to the push. Missing in some live failures.
  public var checkoutRequestID: String?
  /// How it ended.
  public var resultCode: ResultCode
  /// Safaricom's words for it. They differ between callback and query: never compare them.
  public var resultDescription: String?
  /// The amount paid. A success without it must not be credited.
  public var amount: Amount?
  /// The receipt. A success without it must not be credited.
  public var receipt: Receipt?
  /// When it was paid, `yyyyMMddHHmmss` in East Africa Time, as text. Safaricom's clock has been 97 s off.
  public var transactionDate: String?
  /// The payer's number as text; it may be masked with `*`, and then proves nothing. Never for a log.
  public var phone: String?
  /// Names of metadata items or JSON keys that came more than once with different values.
  /// If it is not empty the message contradicts itself, ``resultCode`` included: neither credit nor fail the
  /// payment by it.
  public var conflicts: [String]

  /// A callback with these parts.
  public init(
    merchantRequestID: String? = nil, checkoutRequestID: String? = nil, resultCode: ResultCode,
    resultDescription: String? = nil, amount: Amount? = nil, receipt: Receipt? = nil,
    transactionDate: String? = nil, phone: String? = nil, conflicts: [String] = []
  ) {
    self.merchantRequestID = merchantRequestID
    self.checkoutRequestID = checkoutRequestID
    self.resultCode = resultCode
    self.resultDescription = resultDescription
    self.amount = amount
    self.receipt = receipt
    self.transactionDate = transactionDate
    self.phone = phone
    self.conflicts = conflicts
  }

  /// The callback for a log: without the payer's number.
  public var description: String {
    let id = checkoutRequestID.map(Redaction.maskingPhones) ?? "without CheckoutRequestID"
    let code = Redaction.maskingPhones(resultCode.text)
    return "STK callback \(id), ResultCode \(code), amount \(amount?.description ?? "none"), "
      + "receipt \(receipt?.text ?? "none")"
  }

  /// Same as ``description``.
  public var debugDescription: String { description }

  /// Shows ``description`` only, so that `dump` does not reveal the payer's number.
  public var customMirror: Mirror { Mirror(self, children: ["callback": description]) }
}
