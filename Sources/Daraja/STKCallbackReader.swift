/// Reads the object that holds an STK result.
enum STKCallbackReader {
  /// The longest id, in bytes. Daraja's have up to 40.
  static let maximumIDBytes = 128
  /// The longest ResultCode, in bytes. The longest seen has 14.
  static let maximumResultCodeBytes = 64
  /// How much is kept of a ResultDesc, in characters.
  static let maximumDescriptionLength = 512

  /// - Parameter conflicts: What was found twice on the way to the object.
  static func read(_ object: JSONValue, conflicts: [String]) throws(UnreadableCallback) -> STKCallback {
    guard case .object = object else { throw UnreadableCallback(reason: "stkCallback is not a JSON object.") }
    var conflicts = conflicts
    guard let code = JSONFields.value("ResultCode", in: object, conflicts: &conflicts) else {
      throw UnreadableCallback(reason: "The STK callback has no ResultCode.")
    }
    guard let codeText = code.text, !codeText.isEmpty, codeText.utf8.count <= maximumResultCodeBytes else {
      throw UnreadableCallback(
        reason: "ResultCode is neither a number nor a text of 1 to \(maximumResultCodeBytes) bytes.")
    }
    var callback = STKCallback(resultCode: ResultCode(codeText))
    callback.merchantRequestID = try id("MerchantRequestID", in: object, conflicts: &conflicts)
    callback.checkoutRequestID = try id("CheckoutRequestID", in: object, conflicts: &conflicts)
    callback.resultDescription = JSONFields.text("ResultDesc", in: object, conflicts: &conflicts)
      .map { String($0.prefix(maximumDescriptionLength)) }

    let metadata = Metadata(of: object, conflicts: &conflicts)
    callback.amount = metadata.text("Amount", conflicts: &conflicts, isSame: isSameAmount).flatMap { Amount($0) }
    callback.receipt = metadata.text("MpesaReceiptNumber", conflicts: &conflicts).flatMap(Receipt.init)
    callback.transactionDate = metadata.text("TransactionDate", conflicts: &conflicts)
    callback.phone = metadata.text("PhoneNumber", conflicts: &conflicts)
    callback.conflicts = conflicts
    return callback
  }

  private static func id(
    _ name: String, in object: JSONValue, conflicts: inout [String]
  ) throws(UnreadableCallback) -> String? {
    guard let text = JSONFields.text(name, in: object, conflicts: &conflicts), !text.isEmpty else { return nil }
    guard text.utf8.count <= maximumIDBytes else {
      throw UnreadableCallback(reason: "\(name) is longer than \(maximumIDBytes) bytes.")
    }
    return text
  }

  /// `1` and `1.00` are the same amount.
  private static func isSameAmount(_ left: String, _ right: String) -> Bool {
    if let left = Amount(left), let right = Amount(right) { return left == right }
    return left == right
  }
}

extension STKCallbackReader {
  /// `CallbackMetadata.Item`, looked up by name: order and number of the items vary, and some have no value.
  struct Metadata {
    private var items: [(name: String, value: String)] = []

    init(of object: JSONValue, conflicts: inout [String]) {
      guard let metadata = JSONFields.value("CallbackMetadata", in: object, conflicts: &conflicts),
        let item = JSONFields.value("Item", in: metadata, conflicts: &conflicts)
      else { return }
      // A list of one comes as a bare object from Daraja's other APIs.
      let list = if case .array(let elements) = item { elements } else { [item] }
      for element in list {
        guard let name = JSONFields.text("Name", in: element, conflicts: &conflicts) else { continue }
        var conflictsInside: [String] = []
        let value = JSONFields.text("Value", in: element, conflicts: &conflictsInside)
        if !conflictsInside.isEmpty { JSONFields.note(name, in: &conflicts) }
        if let value { items.append((name, value)) }
      }
    }

    /// The first value of this name. If there is another one that is not the same, the name is noted in `conflicts`.
    func text(
      _ name: String, conflicts: inout [String], isSame: (String, String) -> Bool = { $0 == $1 }
    ) -> String? {
      var found: String?
      for item in items where item.name == name {
        guard let first = found else {
          found = item.value
          continue
        }
        if !isSame(first, item.value) { JSONFields.note(name, in: &conflicts) }
      }
      return found
    }
  }
}
