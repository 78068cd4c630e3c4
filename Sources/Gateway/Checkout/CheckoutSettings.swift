public import Payments

/// What the merchant decides about the checkout pages.
public struct CheckoutSettings: Sendable {
  /// Where money can be sent without a prompt.
  public struct Receiver: Hashable, Sendable {
    /// The PayBill or till number.
    public var number: String
    /// Whether it is a till, which knows no account.
    public var isTill: Bool

    /// A PayBill or a till.
    public init(number: String, isTill: Bool) {
      self.number = number
      self.isTill = isTill
    }
  }

  /// Whom the shopper pays; nil: nobody is named.
  public var merchantName: String?
  /// The public address that `/checkout/<token>` is appended to, without a slash at its end; nil: orders have no checkout address.
  public var base: String?
  /// Nil: nobody is told how to pay without a prompt.
  public var receiver: Receiver?
  /// The guard in front of every push.
  public var rules: AdmissionRules

  /// Settings with the published limits unless something else is said.
  public init(
    merchantName: String? = nil, base: String? = nil, receiver: Receiver? = nil,
    rules: AdmissionRules = AdmissionRules()
  ) {
    self.merchantName = merchantName
    self.base = base
    self.receiver = receiver
    self.rules = rules
  }
}
