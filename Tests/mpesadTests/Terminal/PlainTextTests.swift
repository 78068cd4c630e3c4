import Testing

@testable import mpesad

/// What strangers send is shown whole, and can neither break a line nor steer a terminal.
@Suite struct PlainTextTests {
  static let texts: [(String, String)] = [
    ("Asha Wanjikũ ✓", "Asha Wanjikũ ✓"),
    ("a\tb\nc\rd", #"a\tb\nc\rd"#),
    (#"C:\temp"#, #"C:\\temp"#),
    ("\u{1B}[2J\u{1B}]0;owned\u{07}", #"\u{1b}[2J\u{1b}]0;owned\u{7}"#),
    ("\u{0}\u{7F}\u{9B}", #"\u{0}\u{7f}\u{9b}"#),
    ("paid\u{202E}05.1", #"paid\u{202e}05.1"#),
    ("zero\u{200B}width\u{FEFF}", #"zero\u{200b}width\u{feff}"#),
    ("line\u{2028}paragraph\u{2029}next\u{85}", #"line\u{2028}paragraph\u{2029}next\u{85}"#),
    ("crlf\r\n", #"crlf\r\n"#),
  ]

  @Test(arguments: texts) func textBecomesOneHarmlessLine(text: String, line: String) {
    #expect(PlainText.line(text) == line)
    #expect(PlainText.line(Array(text.utf8)) == line, "bytes that are this text are shown as it is")
  }

  static let bytes: [([UInt8], String)] = [
    ([], ""),
    ([0xFF, 0xFE, 0x41], #"\xff\xfeA"#),
    (Array("{\"a\":1}".utf8) + [0xC3], #"{"a":1}\xc3"#),
    ([0x5C, 0x78, 0x66, 0x66, 0xFF], #"\\xff\xff"#),
  ]

  @Test(arguments: bytes) func bytesThatAreNoTextAreShownOneByOne(bytes: [UInt8], line: String) {
    #expect(PlainText.line(bytes) == line)
  }
}
