import Daraja

/// Hides phone numbers in text that others wrote, where an operator did not ask to see them.
struct PhoneMask: Sendable {
  /// A CheckoutRequestID ends in a time of at least 14 digits and the nine digits of the payer's number.
  private static let checkoutDigits = 20
  private static let nationalDigits = 9
  private static let shownDigits = 3

  /// False where full numbers are wanted.
  let isOn: Bool
  /// The number that the text is about, if that is known: it is found in longer runs of digits too.
  let phone: MSISDN?

  /// For an operator who asked to see full numbers, or did not.
  init(showing: Bool, phone: MSISDN? = nil) {
    isOn = !showing
    self.phone = phone
  }

  /// The text with every phone number in it masked.
  func callAsFunction(_ text: String) -> String {
    guard isOn else { return text }
    var masked = ""
    var run = ""
    for scalar in text.unicodeScalars {
      if ("0"..."9").contains(scalar) {
        run.unicodeScalars.append(scalar)
        continue
      }
      masked += hide(run)
      run = ""
      masked.unicodeScalars.append(scalar)
    }
    return masked + hide(run)
  }

  /// Text whose end was cut off: digits there may be the first ones of a number.
  func callAsFunction(cut text: String) -> String {
    guard isOn else { return text }
    var text = text
    while let last = text.unicodeScalars.last, ("0"..."9").contains(last) { text.unicodeScalars.removeLast() }
    return self(text)
  }

  func callAsFunction(_ phone: MSISDN) -> String { isOn ? phone.masked : phone.digits }

  private func hide(_ run: String) -> String {
    let count = run.utf8.count
    guard count >= Self.nationalDigits else { return run }
    if let number = try? MSISDN(run) { return number.masked }
    let isAboutPhone = phone.map { run.hasSuffix($0.digits.suffix(Self.nationalDigits)) } ?? false
    guard isAboutPhone || count >= Self.checkoutDigits else { return run }
    let hidden = String(repeating: "*", count: Self.nationalDigits - Self.shownDigits)
    return run.dropLast(Self.nationalDigits) + hidden + run.suffix(Self.shownDigits)
  }
}
