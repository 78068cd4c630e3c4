import NIOCore
import Payments

/// The requests of a load run: a success for each seeded transaction in turn, at its own address.
///
/// All requests have the same length, so that making one is a copy and a few bytes put in: the load must not cost what it measures.
struct CallbackLoad: Sendable {
  private static let idWidth = 10
  private static let receiptWidth = 9
  private static let phoneWidth = 8
  /// The nonce, a dot and the tag.
  private static let tailWidth = 49

  let transactions: ClosedRange<TransactionID>
  private let tails: [UInt8]
  private let template: ByteBuffer
  private let places: [(place: Place, offset: Int)]

  private enum Place: String, CaseIterable {
    case id = "__________", receipt = "_________", phone = "________"
    case tail = "_________________________________________________"
  }

  init(tokens: CallbackTokens, transactions: ClosedRange<TransactionID>, path: String) {
    self.transactions = transactions
    var tails: [UInt8] = []
    for number in transactions.lowerBound.number...transactions.upperBound.number {
      tails += tokens.token(for: Self.token(TransactionID(number))).utf8.suffix(Self.tailWidth)
    }
    self.tails = tails
    let parts: [(String, Place?)] = Self.parts(path: path)
    var buffer = ByteBuffer()
    var places: [(Place, Int)] = []
    for (text, place) in parts {
      buffer.writeString(text)
      guard let place else { continue }
      places.append((place, buffer.writerIndex))
      buffer.writeString(place.rawValue)
    }
    template = buffer
    self.places = places
  }

  var count: Int { Int(transactions.upperBound.number - transactions.lowerBound.number) + 1 }

  /// Transaction number `index`.
  func transaction(_ index: Int) -> TransactionID {
    TransactionID(transactions.lowerBound.number + Int64(index))
  }

  /// What the address in request number `index` proves. Seeded transactions have their number as nonce.
  func token(_ index: Int) -> ProvenToken { Self.token(transaction(index)) }

  private static func token(_ id: TransactionID) -> ProvenToken { ProvenToken(id, nonce: Nonce(id.number)) }

  /// The receipt in request number `index`.
  func receipt(_ index: Int) -> String {
    var text = [UInt8](repeating: 0, count: Self.receiptWidth)
    text.withUnsafeMutableBytes { Self.put(index, base: 36, width: Self.receiptWidth, into: $0, at: 0) }
    return "U" + String(decoding: text, as: UTF8.self)
  }

  /// The whole request for transaction number `index`, in the form in which Safaricom posts it.
  func request(_ index: Int) -> ByteBuffer {
    var buffer = template
    buffer.withUnsafeMutableReadableBytes { bytes in
      for (place, offset) in places {
        switch place {
        case .id: Self.put(Int(transaction(index).number), base: 10, width: Self.idWidth, into: bytes, at: offset)
        case .tail:
          for byte in 0..<Self.tailWidth { bytes[offset + byte] = tails[index * Self.tailWidth + byte] }
        case .receipt: Self.put(index, base: 36, width: Self.receiptWidth, into: bytes, at: offset)
        case .phone: Self.put(index, base: 10, width: Self.phoneWidth, into: bytes, at: offset)
        }
      }
    }
    return buffer
  }

  private static func parts(path: String) -> [(String, Place?)] {
    let body: [(String, Place?)] = [
      (#"{"Body":{"stkCallback":{"MerchantRequestID":"29115-34620561-1","CheckoutRequestID":"ws_CO_LOAD_"#, .id),
      (
        #"","ResultCode":0,"ResultDesc":"The service request is processed successfully.","CallbackMetadata":{"Item":["#,
        nil
      ),
      (#"{"Name":"Amount","Value":1.00},{"Name":"MpesaReceiptNumber","Value":"U"#, .receipt),
      (
        #""},{"Name":"Balance"},{"Name":"TransactionDate","Value":20261123102115},{"Name":"PhoneNumber","Value":2547"#,
        .phone
      ),
      ("}]}}}}", nil),
    ]
    let length = body.reduce(0) { $0 + $1.0.utf8.count + ($1.1?.rawValue.utf8.count ?? 0) }
    let head: [(String, Place?)] = [
      ("POST \(path)/", .id), (".", .tail),
      (
        "/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json;charset=UTF-8\r\nAccept: */*\r\n"
          + "User-Agent: mpesad-bench\r\nContent-Length: \(length)\r\n\r\n", nil
      ),
    ]
    return head + body
  }

  private static func put(
    _ number: Int, base: Int, width: Int, into bytes: UnsafeMutableRawBufferPointer, at offset: Int
  ) {
    var rest = number
    for place in (0..<width).reversed() {
      let digit = UInt8(rest % base)
      bytes[offset + place] = digit < 10 ? 48 + digit : 55 + digit
      rest /= base
    }
  }
}
