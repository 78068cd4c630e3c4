public import Daraja

/// What a merchant wants to be paid for. The amount is fixed here, so that it never comes from a shopper's browser.
public struct Order: Hashable, Sendable {
  /// The number that the API gives out.
  public var id: OrderID
  /// What is owed.
  public var amount: Amount
  /// What the shopper sees in the prompt; may be empty.
  public var description: String
  /// The merchant's own name for the order; becomes the AccountReference of the prompt.
  public var reference: String
  /// The transaction whose money paid the order, or nil while it is unpaid.
  public var paidBy: TransactionID?
  /// Who made it: the `user_id` of the token, as text.
  public var createdBy: String
  /// When it was made.
  public var createdAt: Microseconds
  /// How it is paid at its own page.
  public var checkout: CheckoutTerms
  /// What the address of its own page holds besides its number; nil for an order from before there were nonces.
  public var nonce: Nonce?

  /// An order with all its parts.
  public init(
    id: OrderID, amount: Amount, description: String, reference: String, paidBy: TransactionID?, createdBy: String,
    createdAt: Microseconds, checkout: CheckoutTerms = CheckoutTerms(), nonce: Nonce? = nil
  ) {
    self.id = id
    self.amount = amount
    self.description = description
    self.reference = reference
    self.paidBy = paidBy
    self.createdBy = createdBy
    self.createdAt = createdAt
    self.checkout = checkout
    self.nonce = nonce
  }
}

/// An order that has no number yet.
public struct NewOrder: Hashable, Sendable {
  /// What is owed: at least one cent, whole shillings if it is to be paid by a prompt.
  public var amount: Amount
  /// What the shopper sees in the prompt; may be empty.
  public var description: String
  /// The merchant's own name for the order.
  public var reference: String
  /// Who makes it: the `user_id` of the token, as text.
  public var createdBy: String
  /// How it is to be paid at its own page.
  public var checkout: CheckoutTerms

  /// An order as asked for.
  public init(
    amount: Amount, description: String, reference: String, createdBy: String,
    checkout: CheckoutTerms = CheckoutTerms()
  ) {
    self.amount = amount
    self.description = description
    self.reference = reference
    self.createdBy = createdBy
    self.checkout = checkout
  }
}

extension NewOrder {
  /// The longest description, in characters.
  public static let maximumDescriptionLength = 100

  /// Whether a text can be a reference: it becomes the AccountReference of the prompt, whose limits are Daraja's (portal,
  /// MpesaExpressSimulate).
  public static func isReference(_ text: String) -> Bool {
    (1...STKPushRequest.maximumAccountReferenceLength).contains(text.utf8.count)
      && text.utf8.allSatisfy { isAlphanumeric($0) || $0 == 0x20 || $0 == 0x2D }
      && text.utf8.contains(where: isAlphanumeric)
  }

  /// Whether a text can be a description: up to ``maximumDescriptionLength`` characters without control characters.
  public static func isDescription(_ text: String) -> Bool {
    text.count <= maximumDescriptionLength && text.utf8.count <= 4 * maximumDescriptionLength
      && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
}
