extension UInt8 {
  var isASCIIDigit: Bool { self >= 0x30 && self <= 0x39 }

  var isASCIIAlphanumeric: Bool {
    isASCIIDigit || (self >= 0x41 && self <= 0x5A) || (self >= 0x61 && self <= 0x7A)
  }

  /// Space, tab, line feed, vertical tab, form feed, carriage return.
  var isASCIIWhitespace: Bool { self == 0x20 || (self >= 0x09 && self <= 0x0D) }
}

extension Unicode.Scalar {
  var isASCIIWhitespace: Bool { isASCII && UInt8(ascii: self).isASCIIWhitespace }
}

extension StringProtocol {
  /// The text without ASCII white space at both ends.
  func trimmingASCIIWhitespace() -> SubSequence {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.isASCIIWhitespace }),
      let last = scalars.lastIndex(where: { !$0.isASCIIWhitespace })
    else { return self[endIndex...] }
    return self[first..<scalars.index(after: last)]
  }
}
