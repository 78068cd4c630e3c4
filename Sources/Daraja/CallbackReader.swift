/// Finds out what a callback's bytes are.
enum CallbackReader {
  static func read(_ bytes: some Sequence<UInt8>) throws(UnreadableCallback) -> CallbackMessage {
    let root = try document(bytes)
    guard case .object = root else {
      throw UnreadableCallback(reason: "The body is JSON, but not an object.")
    }
    var conflicts: [String] = []
    if let callback = stkObject(in: root, conflicts: &conflicts) {
      return .stk(try STKCallbackReader.read(callback, conflicts: conflicts))
    }
    if root["TransID"] != nil {
      return .c2b(try C2BReader.read(root))
    }
    if root["ResultCode"] != nil {
      // Seen live without the envelope, once with and once without ids.
      return .stk(try STKCallbackReader.read(root, conflicts: []))
    }
    throw UnreadableCallback(reason: reason(for: root))
  }

  private static func document(_ bytes: some Sequence<UInt8>) throws(UnreadableCallback) -> JSONValue {
    // An array, since a sequence may be gone after the first reading.
    let bytes = Array(bytes)
    var failure: JSONError
    do throws(JSONError) {
      return try JSONValue.parse(bytes)
    } catch {
      failure = error
    }
    // Nothing else is read differently the second time.
    if failure.problem == .rawControlCharacter {
      do throws(JSONError) {
        return try JSONValue.parse(bytes, allowingRawControlCharacters: true)
      } catch {
        failure = error
      }
    }
    throw UnreadableCallback(
      reason: failure.problem == .empty ? "The body is empty." : "The body is not JSON: \(failure).")
  }

  /// `Body.stkCallback`, which M-Pesa Ethiopia wraps in an `Envelope`.
  private static func stkObject(in root: JSONValue, conflicts: inout [String]) -> JSONValue? {
    for container in [root, JSONFields.value("Envelope", in: root, conflicts: &conflicts)] {
      if let body = container.flatMap({ JSONFields.value("Body", in: $0, conflicts: &conflicts) }),
        let callback = JSONFields.value("stkCallback", in: body, conflicts: &conflicts)
      {
        return callback
      }
    }
    return nil
  }

  private static func reason(for root: JSONValue) -> String {
    if root["Result"] != nil {
      return "The body looks like a Result callback (B2C, B2B, balance, status or reversal), not like an STK callback "
        + "or a C2B confirmation."
    }
    if root["ResponseHeader"] != nil || root["responseHeader"] != nil {
      return "The body looks like a Ratiba (standing order) callback, not like an STK callback or a C2B confirmation."
    }
    if root["resultCode"] != nil {
      return "The body looks like a B2B Express callback, not like an STK callback or a C2B confirmation."
    }
    if root["Envelope"] != nil || root["Body"] != nil {
      return "The body has an envelope, but no stkCallback in it."
    }
    return "The body is a JSON object without Body.stkCallback, TransID or ResultCode."
  }
}
