import Daraja
import NIOCore
import Payments

/// The requests of a load run: a success for each seeded transaction in turn, at its own address.
struct CallbackLoad: Sendable {
  let tokens: CallbackTokens
  let transactions: ClosedRange<TransactionID>
  let path: String

  var count: Int { Int(transactions.upperBound.number - transactions.lowerBound.number) + 1 }

  /// Transaction number `index`.
  func transaction(_ index: Int) -> TransactionID {
    TransactionID(transactions.lowerBound.number + Int64(index))
  }

  /// Writes the whole request for transaction number `index`, in the form in which Safaricom posts it.
  func write(_ index: Int, into buffer: inout ByteBuffer) {
    let id = transaction(index)
    let receipt = Self.receipt(index)
    let body = """
      {"Body":{"stkCallback":{"MerchantRequestID":"29115-34620561-1","CheckoutRequestID":"ws_CO_LOAD_\(id)","ResultCode":0,\
      "ResultDesc":"The service request is processed successfully.","CallbackMetadata":{"Item":[{"Name":"Amount","Value":1.00},\
      {"Name":"MpesaReceiptNumber","Value":"\(receipt)"},{"Name":"Balance"},{"Name":"TransactionDate","Value":20261123102115},\
      {"Name":"PhoneNumber","Value":2547\(Self.digits(index, count: 8))}]}}}}
      """
    buffer.writeString(
      "POST \(path)/\(tokens.token(for: id))/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json;charset=UTF-8\r\n"
        + "Accept: */*\r\nUser-Agent: mpesad-bench\r\nContent-Length: \(body.utf8.count)\r\n\r\n")
    buffer.writeString(body)
  }

  /// Ten characters, distinct for each index below 36^9.
  static func receipt(_ index: Int) -> String {
    let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)
    var rest = index
    var text = [UInt8](repeating: alphabet[0], count: 9)
    for place in (0..<9).reversed() {
      text[place] = alphabet[rest % 36]
      rest /= 36
    }
    return "U" + String(decoding: text, as: UTF8.self)
  }

  private static func digits(_ number: Int, count: Int) -> String {
    let text = String(number % 100_000_000)
    return String(repeating: "0", count: count - text.utf8.count) + text
  }
}
