/// The merchant's side of an STK push: which shortcode asks, and how.
public struct MerchantAccount: Sendable {
  /// Which kind of account is paid; the raw values are Daraja's `TransactionType`.
  public enum TransactionType: String, Hashable, Sendable, CaseIterable {
    /// A paybill: money goes to the shortcode itself.
    case customerPayBillOnline = "CustomerPayBillOnline"
    /// A till: ``MerchantAccount/partyB`` is the till number, ``MerchantAccount/shortcode`` the store or head office
    /// number used at Go Live.
    case customerBuyGoodsOnline = "CustomerBuyGoodsOnline"
  }

  /// Daraja's `BusinessShortCode`, 5 to 7 digits. For a till the store or head office number, not the till.
  public var shortcode: String
  /// The Lipa na M-Pesa passkey that belongs to the shortcode.
  public var passkey: Secret
  /// Paybill or till.
  public var transactionType: TransactionType
  /// Who receives the money: the shortcode for a paybill, the till number for a till.
  public var partyB: String

  /// An account. Nothing is checked here; Daraja answers a wrong combination with "Wrong credentials",
  /// "Merchant does not exist" or result code 2028.
  public init(
    shortcode: String, passkey: Secret, transactionType: TransactionType = .customerPayBillOnline,
    partyB: String? = nil
  ) {
    self.shortcode = shortcode
    self.passkey = passkey
    self.transactionType = transactionType
    self.partyB = partyB ?? shortcode
  }
}
