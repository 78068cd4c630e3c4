/// A random number of 63 bits that belongs to one row and is part of the row's addresses.
///
/// A number of a row can be given out a second time, after an older copy of the database was put back. The nonce cannot: an address from before
/// names a row that is not there any more, and never another one that got its number.
///
/// It proves nothing without the tag that goes with it, and still is written to no log: every way of printing it hides it.
public struct Nonce: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Digits of ``hexadecimal``.
  static let digits = 16

  /// From 0 to `Int64.max`, as it stands in the row.
  public let number: Int64

  /// The nonce that stands in a row: the lower 63 bits of a number.
  public init(_ bits: Int64) { number = bits & .max }

  /// A fresh one.
  public init(using random: inout some RandomNumberGenerator) {
    number = Int64.random(in: 0...Int64.max, using: &random)
  }

  /// A fresh one from the system's source of randomness.
  public static func random() -> Nonce {
    var random = SystemRandomNumberGenerator()
    return Nonce(using: &random)
  }

  /// Sixteen lower-case hexadecimal digits, as an address has it.
  var hexadecimal: String {
    let text = String(number, radix: 16)
    return String(repeating: "0", count: Self.digits - text.utf8.count) + text
  }

  /// Hides it.
  public var description: String { "nonce" }

  /// Hides it.
  public var debugDescription: String { description }

  /// Hides it.
  public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What an address with a valid tag proves: the number of a row, and the row's nonce.
///
/// It is about a row only where both are the row's own; see ``fits(_:)``.
public struct Proven<Kind>: Hashable, Sendable {
  /// The number of the row.
  public let id: Identifier<Kind>
  /// The row's nonce; nil in addresses of rows from before there were nonces.
  public let nonce: Nonce?

  /// What an address proves, or what the address of a row is to prove.
  public init(_ id: Identifier<Kind>, nonce: Nonce?) {
    self.id = id
    self.nonce = nonce
  }

  /// Whether it is about the row of its number that has this nonce. Where one of the two has none, the other must have none as well.
  public func fits(_ nonce: Nonce?) -> Bool { self.nonce == nonce }
}

/// The transaction that a callback address proves.
public typealias ProvenToken = Proven<TransactionKind>
/// The order that a checkout address proves.
public typealias ProvenOrder = Proven<OrderKind>

extension Transaction {
  /// What this transaction's own callback address proves.
  public var token: ProvenToken { ProvenToken(id, nonce: nonce) }
}

extension Order {
  /// What this order's own checkout address proves.
  public var token: ProvenOrder { ProvenOrder(id, nonce: nonce) }
}
