/// Money that reached a paybill or till, reported on the C2B channel (portal, CustomerToBusiness).
///
/// Where C2B URLs are registered on a shortcode every STK payment arrives here too, with the same receipt.
/// A validation request has the same shape and cannot be told apart by its body; validation is not money.
/// An absent, `null` or blank field is `nil`.
public struct C2BConfirmation: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible,
  CustomReflectable
{
  /// `TransactionType`, for example `Pay Bill` or `Customer Merchant Payment`. Not a closed list.
  public var transactionType: String?
  /// `TransID`: the receipt as text.
  public var transactionID: String
  /// `TransTime`, `yyyyMMddHHmmss` in East Africa Time.
  public var transactionTime: String?
  /// `TransAmount`; `nil` if it is not a readable amount.
  public var amount: Amount?
  /// `BusinessShortCode` that was paid.
  public var businessShortCode: String?
  /// `BillRefNumber`: the account that the customer typed, or the AccountReference of an STK push. Exactly as it came:
  /// a raw line feed inside it has been seen on a real payment.
  public var billReference: String?
  /// `InvoiceNumber`.
  public var invoiceNumber: String?
  /// `OrgAccountBalance`: the balance of the merchant after the payment.
  public var organizationAccountBalance: String?
  /// `ThirdPartyTransID`: what the reply to the validation request had sent.
  public var thirdPartyTransactionID: String?
  /// `MSISDN` of the payer as text: usually masked (`2547 ***** 126`), formerly also a SHA-256 in hex.
  public var phone: String?
  /// `FirstName` of the payer, without padding.
  public var firstName: String?
  /// `MiddleName` of the payer, without padding.
  public var middleName: String?
  /// `LastName` of the payer, without padding.
  public var lastName: String?
  /// JSON keys that came more than once with different values; if it is not empty, do not credit.
  public var conflicts: [String]

  /// A confirmation with these parts.
  public init(
    transactionType: String? = nil, transactionID: String, transactionTime: String? = nil, amount: Amount? = nil,
    businessShortCode: String? = nil, billReference: String? = nil, invoiceNumber: String? = nil,
    organizationAccountBalance: String? = nil, thirdPartyTransactionID: String? = nil, phone: String? = nil,
    firstName: String? = nil, middleName: String? = nil, lastName: String? = nil, conflicts: [String] = []
  ) {
    self.transactionType = transactionType
    self.transactionID = transactionID
    self.transactionTime = transactionTime
    self.amount = amount
    self.businessShortCode = businessShortCode
    self.billReference = billReference
    self.invoiceNumber = invoiceNumber
    self.organizationAccountBalance = organizationAccountBalance
    self.thirdPartyTransactionID = thirdPartyTransactionID
    self.phone = phone
    self.firstName = firstName
    self.middleName = middleName
    self.lastName = lastName
    self.conflicts = conflicts
  }

  /// ``transactionID`` as a receipt; `nil` if it does not look like one.
  public var receipt: Receipt? { Receipt(transactionID) }

  /// The confirmation for a log: without the payer's number and names.
  public var description: String {
    "C2B confirmation \(receipt?.text ?? "without a readable TransID"), amount \(amount?.description ?? "none")"
  }

  /// Same as ``description``.
  public var debugDescription: String { description }

  /// Shows ``description`` only, so that `dump` does not reveal the payer.
  public var customMirror: Mirror { Mirror(self, children: ["confirmation": description]) }
}
