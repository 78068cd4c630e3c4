/// Reads a C2B confirmation, whose members are all at the top.
enum C2BReader {
  /// The longest TransID, in bytes. Receipts have ten characters.
  static let maximumTransactionIDBytes = 64

  static func read(_ object: JSONValue) throws(UnreadableCallback) -> C2BConfirmation {
    var conflicts: [String] = []
    guard let id = text("TransID", in: object, &conflicts), id.utf8.count <= maximumTransactionIDBytes else {
      throw UnreadableCallback(
        reason: "TransID is not a text of 1 to \(maximumTransactionIDBytes) bytes.")
    }
    var confirmation = C2BConfirmation(transactionID: id)
    confirmation.transactionType = text("TransactionType", in: object, &conflicts)
    confirmation.transactionTime = text("TransTime", in: object, &conflicts)
    confirmation.amount = text("TransAmount", in: object, &conflicts).flatMap { Amount($0) }
    confirmation.businessShortCode = text("BusinessShortCode", in: object, &conflicts)
    confirmation.billReference = raw("BillRefNumber", in: object, &conflicts)
    confirmation.invoiceNumber = text("InvoiceNumber", in: object, &conflicts)
    confirmation.organizationAccountBalance = text("OrgAccountBalance", in: object, &conflicts)
    confirmation.thirdPartyTransactionID = text("ThirdPartyTransID", in: object, &conflicts)
    confirmation.phone = text("MSISDN", in: object, &conflicts)
    confirmation.firstName = text("FirstName", in: object, &conflicts)
    confirmation.middleName = text("MiddleName", in: object, &conflicts)
    confirmation.lastName = text("LastName", in: object, &conflicts)
    confirmation.conflicts = conflicts
    return confirmation
  }

  /// The member without padding; `nil` if nothing is left.
  private static func text(_ name: String, in object: JSONValue, _ conflicts: inout [String]) -> String? {
    guard let raw = JSONFields.text(name, in: object, conflicts: &conflicts) else { return nil }
    let trimmed = raw.trimmingASCIIWhitespace()
    return trimmed.isEmpty ? nil : String(trimmed)
  }

  /// The member as it came; `nil` if it is blank.
  private static func raw(_ name: String, in object: JSONValue, _ conflicts: inout [String]) -> String? {
    guard let raw = JSONFields.text(name, in: object, conflicts: &conflicts) else { return nil }
    return raw.trimmingASCIIWhitespace().isEmpty ? nil : raw
  }
}
