/// Why an operator decides something: one line that stays with the payment.
enum OperatorReason {
  /// The longest, in characters: it stands in the timeline and in the journal.
  static let maximumLength = 500

  /// - Throws: ``OperationError`` of kind `invalid`.
  static func check(_ reason: String) throws {
    guard !reason.allSatisfy(\.isWhitespace), reason.count <= maximumLength,
      reason.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else {
      throw OperationError(
        .invalid,
        "A reason of 1 to \(maximumLength) characters on one line is needed; it stays in the payment's timeline.")
    }
  }
}
