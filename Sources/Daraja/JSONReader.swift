/// One pass over the bytes of a JSON document.
struct JSONReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let allowsRawControlCharacters: Bool
  private var position = 0

  private init(_ bytes: UnsafeBufferPointer<UInt8>, allowingRawControlCharacters: Bool) {
    self.bytes = bytes
    self.allowsRawControlCharacters = allowingRawControlCharacters
  }

  /// Reads a whole document. A `Result`, because closures over buffers do not pass typed errors on.
  static func read(
    _ bytes: UnsafeBufferPointer<UInt8>, allowingRawControlCharacters: Bool
  ) -> Result<JSONValue, JSONError> {
    var reader = JSONReader(bytes, allowingRawControlCharacters: allowingRawControlCharacters)
    return Result { () throws(JSONError) -> JSONValue in try reader.document() }
  }

  private mutating func document() throws(JSONError) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    skipWhitespace()
    guard position < bytes.count else { throw JSONError(.empty, at: position) }
    let value = try value(depth: 0)
    skipWhitespace()
    guard position == bytes.count else { throw JSONError(.trailing, at: position) }
    return value
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    guard position < bytes.count else { throw JSONError(.endOfInput, at: position) }
    switch bytes[position] {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return try object(depth: depth + 1)
    case UInt8(ascii: "["): return try array(depth: depth + 1)
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case UInt8(ascii: "-"), 0x30...0x39: return .number(try number())
    default: throw JSONError(.unexpectedByte, at: position)
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
    guard depth <= JSONError.maximumDepth else { throw JSONError(.depth, at: position) }
    position += 1
    var members: [JSONValue.Member] = []
    skipWhitespace()
    if take(UInt8(ascii: "}")) { return .object(members) }
    while true {
      skipWhitespace()
      guard position < bytes.count else { throw JSONError(.endOfInput, at: position) }
      guard bytes[position] == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: position) }
      let name = try string()
      skipWhitespace()
      try expect(UInt8(ascii: ":"))
      skipWhitespace()
      members.append(JSONValue.Member(name, try value(depth: depth)))
      skipWhitespace()
      if take(UInt8(ascii: "}")) { return .object(members) }
      try expect(UInt8(ascii: ","))
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
    guard depth <= JSONError.maximumDepth else { throw JSONError(.depth, at: position) }
    position += 1
    var elements: [JSONValue] = []
    skipWhitespace()
    if take(UInt8(ascii: "]")) { return .array(elements) }
    while true {
      skipWhitespace()
      elements.append(try value(depth: depth))
      skipWhitespace()
      if take(UInt8(ascii: "]")) { return .array(elements) }
      try expect(UInt8(ascii: ","))
    }
  }

  private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    for offset in 0..<word.utf8CodeUnitCount {
      guard position < bytes.count else { throw JSONError(.endOfInput, at: position) }
      guard bytes[position] == word.utf8Start[offset] else { throw JSONError(.unexpectedByte, at: position) }
      position += 1
    }
    return value
  }

  private mutating func number() throws(JSONError) -> String {
    let start = position
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    if take(UInt8(ascii: ".")) { try digits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    // "01": the digit behind a leading zero.
    if position < bytes.count, bytes[position].isASCIIDigit { throw JSONError(.number, at: position) }
    return String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<position]), as: UTF8.self)
  }

  /// One or more digits.
  private mutating func digits() throws(JSONError) {
    let start = position
    while position < bytes.count, bytes[position].isASCIIDigit { position += 1 }
    guard position > start else {
      throw JSONError(position < bytes.count ? .number : .endOfInput, at: position)
    }
  }

  private mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "\""):
        let text = try text(of: UnsafeBufferPointer(rebasing: bytes[start..<position]), at: start)
        position += 1
        return text
      case UInt8(ascii: "\\"):
        return try escapedString(from: start)
      case 0..<0x20 where !allowsRawControlCharacters:
        throw JSONError(.rawControlCharacter, at: position)
      default:
        position += 1
      }
    }
    throw JSONError(.endOfInput, at: position)
  }

  /// The rest of a string that has at least one escape, so that it cannot be taken from the bytes as it is.
  private mutating func escapedString(from start: Int) throws(JSONError) -> String {
    var buffer = Array(bytes[start..<position])
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let text = String(validating: buffer, as: UTF8.self) else { throw JSONError(.encoding, at: start) }
        return text
      case UInt8(ascii: "\\"):
        try escape(into: &buffer)
      case 0..<0x20 where !allowsRawControlCharacters:
        throw JSONError(.rawControlCharacter, at: position)
      default:
        buffer.append(byte)
        position += 1
      }
    }
    throw JSONError(.endOfInput, at: position)
  }

  private mutating func escape(into buffer: inout [UInt8]) throws(JSONError) {
    let start = position
    position += 1
    guard position < bytes.count else { throw JSONError(.endOfInput, at: position) }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.append(byte)
    case UInt8(ascii: "b"): buffer.append(0x08)
    case UInt8(ascii: "f"): buffer.append(0x0C)
    case UInt8(ascii: "n"): buffer.append(0x0A)
    case UInt8(ascii: "r"): buffer.append(0x0D)
    case UInt8(ascii: "t"): buffer.append(0x09)
    case UInt8(ascii: "u"): buffer.append(contentsOf: String(try scalar(at: start)).utf8)
    default: throw JSONError(.escape, at: start)
    }
  }

  /// The character of a `\u` with its four hexadecimal digits, or of two of them that form a surrogate pair.
  private mutating func scalar(at start: Int) throws(JSONError) -> Character {
    let unit = try hexQuad()
    var code = unit
    if (0xD800..<0xDC00).contains(unit) {
      guard position < bytes.count else { throw JSONError(.endOfInput, at: position) }
      guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw JSONError(.escape, at: start) }
      let low = try hexQuad()
      guard (0xDC00..<0xE000).contains(low) else { throw JSONError(.escape, at: start) }
      code = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(code) else { throw JSONError(.escape, at: start) }
    return Character(scalar)
  }

  private mutating func hexQuad() throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard position < bytes.count else { throw JSONError(.endOfInput, at: position) }
      let byte = bytes[position]
      switch byte {
      case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
      case 0x41...0x46: value = value << 4 | UInt32(byte - 0x41 + 10)
      case 0x61...0x66: value = value << 4 | UInt32(byte - 0x61 + 10)
      default: throw JSONError(.escape, at: position)
      }
      position += 1
    }
    return value
  }

  private func text(of run: UnsafeBufferPointer<UInt8>, at start: Int) throws(JSONError) -> String {
    guard let text = String(validating: run, as: UTF8.self) else { throw JSONError(.encoding, at: start) }
    return text
  }

  private mutating func skipWhitespace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ byte: UInt8) throws(JSONError) {
    guard position < bytes.count else { throw JSONError(.endOfInput, at: position) }
    guard take(byte) else { throw JSONError(.unexpectedByte, at: position) }
  }
}
