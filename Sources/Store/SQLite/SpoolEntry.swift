import Daraja
import NIOCore
import Payments

/// What one record of the spool says.
enum SpoolEntry: Sendable {
  /// A callback that was acknowledged, or is about to be.
  case callback(NewDelivery)
  /// The intent to send this push was in a transaction whose outcome is unknown, and the push was not sent.
  case unsentPush(TransactionID, createdAt: Microseconds)

  private enum Kind {
    static let callback: UInt8 = 1
    static let unsentPush: UInt8 = 2
    /// A callback whose token holds a nonce. Programs from before nonces do not know it, and must not: they would take the number alone.
    static let callbackWithNonce: UInt8 = 3
  }

  /// Whether it is a callback that came to no address of ours: anybody can post such.
  var provesNothing: Bool {
    if case .callback(let callback) = self { callback.token == nil } else { false }
  }

  /// Bytes of it as the payload of a record.
  var length: Int {
    var buffer = ByteBuffer()
    encode(into: &buffer)
    return buffer.readableBytes
  }

  /// Writes it as the payload of a record.
  func encode(into buffer: inout ByteBuffer) {
    switch self {
    case .callback(let callback):
      let nonce = callback.token?.nonce
      buffer.writeInteger(nonce == nil ? Kind.callback : Kind.callbackWithNonce)
      if let nonce { buffer.writeInteger(nonce.number) }
      buffer.writeInteger(callback.receivedAt)
      buffer.writeInteger(callback.token?.id.number ?? -1)
      buffer.writeInteger(UInt16(clamping: callback.source.utf8.count))
      buffer.writeBytes(callback.source.utf8.prefix(Int(UInt16.max)))
      buffer.writeImmutableBuffer(callback.body)
    case .unsentPush(let transaction, let createdAt):
      buffer.writeInteger(Kind.unsentPush)
      buffer.writeInteger(transaction.number)
      buffer.writeInteger(createdAt)
    }
  }

  /// Reads the payload of a record; nil where it is none that this program knows.
  init?(_ payload: ByteBuffer) {
    var payload = payload
    switch payload.readInteger(as: UInt8.self) {
    case Kind.callback:
      guard let callback = Self.callback(payload) else { return nil }
      self = .callback(callback)
    case Kind.callbackWithNonce:
      guard let nonce: Int64 = payload.readInteger(), var callback = Self.callback(payload), let token = callback.token
      else { return nil }
      callback.token = ProvenToken(token.id, nonce: Nonce(nonce))
      self = .callback(callback)
    case Kind.unsentPush:
      guard let number: Int64 = payload.readInteger(), let createdAt: Int64 = payload.readInteger() else { return nil }
      self = .unsentPush(TransactionID(number), createdAt: createdAt)
    default: return nil
    }
  }

  /// Reads a callback: when it came, its transaction or -1, where it came from, and its body. Spools of format 1 hold nothing else.
  static func callback(_ payload: ByteBuffer) -> NewDelivery? {
    var payload = payload
    guard let receivedAt: Int64 = payload.readInteger(), let token: Int64 = payload.readInteger(),
      let length: UInt16 = payload.readInteger(), let source = payload.readString(length: Int(length))
    else { return nil }
    return NewDelivery(
      body: payload.slice(), receivedAt: receivedAt, source: source,
      token: token < 0 ? nil : ProvenToken(TransactionID(token), nonce: nil))
  }
}
