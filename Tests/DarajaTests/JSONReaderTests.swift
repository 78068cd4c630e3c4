import Testing

@testable import Daraja

@Suite struct JSONReaderTests {
  static let accepted: [(String, JSONValue)] = [
    ("null", .null), ("true", .bool(true)), (" false\r\n\t", .bool(false)),
    ("0", .number("0")), ("-0", .number("-0")), ("0.0", .number("0.0")), ("1E5", .number("1E5")),
    ("1e+5", .number("1e+5")), ("-1.25e-07", .number("-1.25e-07")), ("20191219102115", .number("20191219102115")),
    ("123456789012345678901234567890.50", .number("123456789012345678901234567890.50")),
    (#""""#, .string("")), (#""abc""#, .string("abc")), (#""ä€😀""#, .string("ä€😀")),
    (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{C}\n\r\t")),
    (#""\u0041\u00e4\u20AC""#, .string("Aä€")), (#""\uD83D\uDE00!""#, .string("😀!")), (#""\u0000""#, .string("\0")),
    ("\"\u{7F}\u{2028}\"", .string("\u{7F}\u{2028}")),
    ("[]", .array([])), ("[ ]", .array([])),
    ("[1,[2],{}]", .array([.number("1"), .array([.number("2")]), .object([])])),
    ("{}", .object([])), ("{ }", .object([])),
    (#"{"a":1,"b":{"c":null}}"#, .object([.init("a", .number("1")), .init("b", .object([.init("c", .null)]))])),
    (#"{"a":1,"a":2}"#, .object([.init("a", .number("1")), .init("a", .number("2"))])),
    (#"{"":""}"#, .object([.init("", .string(""))])),
    ("\u{FEFF}[1]", .array([.number("1")])),
  ]

  @Test(arguments: accepted)
  func accepts(text: String, value: JSONValue) throws {
    #expect(try JSONValue.parse(text.utf8) == value)
    // Not every sequence has its bytes in one place.
    #expect(try JSONValue.parse(AnySequence(Array(text.utf8))) == value)
    #expect(try JSONValue.parse(value.bytes) == value)
  }

  static let refused: [(String, JSONError.Problem, Int)] = [
    ("", .empty, 0), (" \n", .empty, 2), ("\u{FEFF}", .empty, 3),
    ("nul", .endOfInput, 3), ("nulL", .unexpectedByte, 3), ("True", .unexpectedByte, 0), ("NaN", .unexpectedByte, 0),
    ("Infinity", .unexpectedByte, 0), ("undefined", .unexpectedByte, 0), ("'a'", .unexpectedByte, 0),
    ("+1", .unexpectedByte, 0), (".5", .unexpectedByte, 0), ("-", .endOfInput, 1), ("-a", .number, 1),
    ("1.", .endOfInput, 2), ("1.e5", .number, 2), ("1e", .endOfInput, 2), ("1e+", .endOfInput, 3),
    ("1e+-2", .number, 3),
    ("01", .number, 1), ("-01", .number, 2), ("00", .number, 1), ("0x1", .trailing, 1), ("1 2", .trailing, 2),
    ("{}{}", .trailing, 2), ("[1]]", .trailing, 3), ("null\0", .trailing, 4), ("\u{B}1", .unexpectedByte, 0),
    ("\u{A0}1", .unexpectedByte, 0),
    ("[", .endOfInput, 1), ("[1", .endOfInput, 2), ("[1,", .endOfInput, 3), ("[1,]", .unexpectedByte, 3),
    ("[,1]", .unexpectedByte, 1), ("[1 2]", .unexpectedByte, 3), ("[1}", .unexpectedByte, 2),
    ("{", .endOfInput, 1), ("{\"a\"", .endOfInput, 4), ("{\"a\":", .endOfInput, 5), ("{\"a\":1", .endOfInput, 6),
    ("{\"a\" 1}", .unexpectedByte, 5), ("{\"a\":1,}", .unexpectedByte, 7), ("{a:1}", .unexpectedByte, 1),
    ("{1:1}", .unexpectedByte, 1), ("{,}", .unexpectedByte, 1), ("{\"a\":1;\"b\":2}", .unexpectedByte, 6),
    ("[1]//x", .trailing, 3), ("/**/1", .unexpectedByte, 0),
    (#"""#, .endOfInput, 1), (#""abc"#, .endOfInput, 4), (#""\"#, .endOfInput, 2), (#""\""#, .endOfInput, 3),
    (#""\x""#, .escape, 1), (#""\'""#, .escape, 1), (#""\u12""#, .escape, 5), (#""\u123"#, .endOfInput, 6),
    (#""\u00g0""#, .escape, 5), (#""\uD83D""#, .escape, 1), (#""\uD83Dx""#, .escape, 1), (#""\uDE00""#, .escape, 1),
    (#""\uD83D\n""#, .escape, 1), (#""\uD83D\uD83D""#, .escape, 1), (#""\uD83D"#, .endOfInput, 7),
    ("\"a\nb\"", .rawControlCharacter, 2), ("\"\0\"", .rawControlCharacter, 1), ("\"\\n\t\"", .rawControlCharacter, 3),
  ]

  @Test(arguments: refused)
  func refuses(text: String, problem: JSONError.Problem, offset: Int) {
    #expect(throws: JSONError(problem, at: offset)) { try JSONValue.parse(text.utf8) }
  }

  @Test(
    arguments: [
      [0x22, 0x80, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0xAF, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
      [0x22, 0xF5, 0x80, 0x80, 0x80, 0x22], [0x22, 0xE2, 0x82, 0x22], [0x22, 0xFF, 0x22],
      [0x22, 0x5C, 0x6E, 0xFE, 0x22],
    ] as [[UInt8]])
  func refusesWhatIsNotUTF8(bytes: [UInt8]) {
    #expect(throws: JSONError(.encoding, at: 1)) { try JSONValue.parse(bytes) }
    #expect(throws: JSONError(.encoding, at: 1)) { try JSONValue.parse(bytes, allowingRawControlCharacters: true) }
  }

  @Test(arguments: [[0xFF, 0xFE, 0x31, 0x00], [0xEF, 0xBB, 0x31], [0x80]] as [[UInt8]])
  func refusesOtherEncodings(bytes: [UInt8]) {
    #expect(throws: JSONError.self) { try JSONValue.parse(bytes) }
  }

  @Test func takesRawControlCharactersWhenAsked() throws {
    for byte in UInt8(0)..<0x20 {
      let bytes = Array("[\"a".utf8) + [byte] + Array("b\\n\"]".utf8)
      #expect(throws: JSONError(.rawControlCharacter, at: 3)) { try JSONValue.parse(bytes) }
      let expected = "a" + String(Character(Unicode.Scalar(byte))) + "b\n"
      #expect(try JSONValue.parse(bytes, allowingRawControlCharacters: true) == .array([.string(expected)]))
    }
    // Between values only white space stands, in either way of reading.
    #expect(throws: JSONError(.unexpectedByte, at: 1)) {
      try JSONValue.parse("[\u{1}1]".utf8, allowingRawControlCharacters: true)
    }
  }

  @Test(arguments: [("[", "]"), ("{\"a\":", "}")])
  func depthIsLimited(open: String, close: String) throws {
    func nested(_ levels: Int) -> String {
      String(repeating: open, count: levels) + "1" + String(repeating: close, count: levels)
    }
    _ = try JSONValue.parse(nested(64).utf8)
    #expect(throws: JSONError(.depth, at: open.utf8.count * 64)) { try JSONValue.parse(nested(65).utf8) }
    #expect(throws: JSONError(.depth, at: open.utf8.count * 64)) {
      try JSONValue.parse(String(repeating: open, count: 500_000).utf8)
    }
  }

  @Test func hugeNumbersStayText() throws {
    let literal = "-" + String(repeating: "9", count: 60_000) + ".5e" + String(repeating: "1", count: 1_000)
    #expect(try JSONValue.parse(literal.utf8) == .number(literal))
  }

  @Test func membersAreFoundByName() throws {
    let value = try JSONValue.parse(#"{"a":"x","b":2,"a":"y","c":true}"#.utf8)
    #expect(value["a"]?.text == "x")
    #expect(value["b"]?.text == "2")
    #expect(value["c"]?.text == nil)
    #expect(value["d"] == nil)
    #expect(JSONValue.array([])["a"] == nil)
  }

  @Test func anErrorNamesTheByteAndNotTheText() {
    #expect(JSONError(.number, at: 17).description == "a malformed number at byte 17")
  }

  /// Whatever the bytes are: no crash, and what the strict reading accepts the lenient one reads in the same way.
  @Test func mutatedBodiesNeverCrashTheReader() throws {
    var random = SeededRandom()
    let bodies = SampleBodies.all.map { Array($0.utf8) }
    var acceptedCount = 0
    for _ in 0..<40_000 {
      var bytes = bodies.randomElement(using: &random)!
      for _ in 0..<Int.random(in: 1...4, using: &random) { bytes.mutate(using: &random) }
      let strict = Result { () throws(JSONError) -> JSONValue in try JSONValue.parse(bytes) }
      let lenient = Result { () throws(JSONError) -> JSONValue in
        try JSONValue.parse(bytes, allowingRawControlCharacters: true)
      }
      if case .success(let value) = strict {
        acceptedCount += 1
        #expect(lenient == .success(value), "seed \(random.seed)")
        #expect(try JSONValue.parse(value.bytes) == value, "seed \(random.seed)")
      }
      if case .success(.stk(let callback)) = (Result { try CallbackMessage.parse(bytes) }) {
        #expect(!callback.resultCode.text.isEmpty)
      }
    }
    // Otherwise the mutations are too coarse to prove anything.
    #expect(acceptedCount > 1_000)
  }
}

extension [UInt8] {
  /// Changes, removes, doubles or inserts something somewhere.
  mutating func mutate(using random: inout some RandomNumberGenerator) {
    guard !isEmpty else { return append(UInt8.random(in: 0...255, using: &random)) }
    let index = Int.random(in: 0..<count, using: &random)
    switch Int.random(in: 0...5, using: &random) {
    case 0: self[index] = UInt8.random(in: 0...255, using: &random)
    case 1: remove(at: index)
    case 2: insert(Array("{}[]\",:0-eE.\\u \n\0\u{7F}".utf8).randomElement(using: &random)!, at: index)
    case 3: removeLast(Int.random(in: 0...Swift.min(8, count), using: &random))
    case 4: insert(contentsOf: self[index..<Swift.min(index + 12, count)], at: index)
    default: self[index] ^= 1 << UInt8.random(in: 0...7, using: &random)
    }
  }
}
