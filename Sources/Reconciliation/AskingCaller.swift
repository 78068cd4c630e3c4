public import Payments

/// The names of those who ask, where more than the one who is named needs to know them.
public enum AskingCaller {
  private static let pagePrefix = "checkout "

  /// All who have an order's checkout address, together.
  public static func checkoutPage(of order: OrderID) -> String { "\(pagePrefix)\(order)" }

  /// Whether a name is one of a checkout page.
  static func isCheckoutPage(_ caller: String) -> Bool { caller.hasPrefix(pagePrefix) }
}
