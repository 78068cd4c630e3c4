/// A Kenyan mobile number in the one form that Daraja takes: twelve digits, `2547…` or `2541…`.
///
/// Every way of printing it gives ``masked``, so that putting it into a log by accident shows nobody's number.
/// Prefixes of single operators are not checked: numbers are portable between operators.
public struct MSISDN: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The twelve digits, for example `254712345678`. For Daraja and for storage; never for a log.
  public let digits: String

  /// The longest input, in UTF-8 bytes, that is looked at. A number with its country code and a separator after every
  /// digit is shorter.
  static let maximumTextBytes = 40

  /// Reads a number as people write it: `0712345678`, `712345678`, `254712345678`, `+254 712-345-678`.
  ///
  /// Spaces and dashes are dropped wherever they stand. Nothing is guessed: a missing or a surplus digit is an error.
  ///
  /// - Throws: ``InvalidMSISDN``, which says what is wrong without repeating the number.
  public init(_ text: String) throws(InvalidMSISDN) {
    guard text.utf8.count <= Self.maximumTextBytes else { throw InvalidMSISDN(reason: .length) }
    var digits: [UInt8] = []
    var hasPlus = false
    for scalar in text.unicodeScalars {
      switch scalar {
      case "0"..."9": digits.append(UInt8(truncatingIfNeeded: scalar.value))
      case " ", "\u{A0}", "-", "\u{2010}"..."\u{2013}": continue
      case "+" where digits.isEmpty && !hasPlus: hasPlus = true
      default: throw InvalidMSISDN(reason: .character)
      }
    }
    guard !digits.isEmpty else { throw InvalidMSISDN(reason: .empty) }
    let national = try Self.nationalPart(of: digits, international: hasPlus)
    guard national.first == UInt8(ascii: "7") || national.first == UInt8(ascii: "1") else {
      throw InvalidMSISDN(reason: .prefix)
    }
    self.digits = "254" + String(decoding: national, as: UTF8.self)
  }

  /// The nine digits behind the country code or the leading zero.
  private static func nationalPart(
    of digits: [UInt8], international: Bool
  ) throws(InvalidMSISDN) -> ArraySlice<UInt8> {
    if digits.count == 12 {
      guard digits.starts(with: "254".utf8) else { throw InvalidMSISDN(reason: .prefix) }
      return digits.dropFirst(3)
    }
    guard !international else { throw InvalidMSISDN(reason: .length) }
    if digits.count == 10 {
      guard digits.first == UInt8(ascii: "0") else { throw InvalidMSISDN(reason: .prefix) }
      return digits.dropFirst()
    }
    guard digits.count == 9 else { throw InvalidMSISDN(reason: .length) }
    return digits[...]
  }

  /// The number with its middle hidden, for example `2547••••678`.
  public var masked: String {
    "\(digits.prefix(4))••••\(digits.suffix(3))"
  }

  /// Same as ``masked``.
  public var description: String { masked }

  /// Same as ``masked``.
  public var debugDescription: String { masked }

  /// Shows ``masked`` only, so that `dump` does not reveal the number either.
  public var customMirror: Mirror { Mirror(self, children: ["masked": masked]) }
}

/// Why a text is not a Kenyan mobile number. It does not hold the text.
public struct InvalidMSISDN: Error, Hashable, Sendable, CustomStringConvertible {
  /// What is wrong with it.
  public enum Reason: String, Hashable, Sendable, CaseIterable {
    /// There is no digit in it.
    case empty
    /// It holds something that is neither a digit nor a space, a dash or a leading plus.
    case character
    /// It has too few or too many digits.
    case length
    /// It is not a Kenyan mobile number: those are 07…, 01… or 2547…, 2541….
    case prefix
  }

  /// What is wrong with the text.
  public let reason: Reason

  /// An error with this reason.
  public init(reason: Reason) {
    self.reason = reason
  }

  /// A sentence for the person who typed the number.
  public var description: String {
    let problem =
      switch reason {
      case .empty: "The phone number is empty"
      case .character: "The phone number holds a character that is not a digit"
      case .length: "The phone number has too few or too many digits"
      case .prefix: "The phone number is not a Kenyan mobile number"
      }
    return problem + "; what is taken is 07XXXXXXXX or 01XXXXXXXX, also with 254 in place of the 0."
  }
}
