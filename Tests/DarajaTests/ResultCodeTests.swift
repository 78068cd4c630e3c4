import Testing

@testable import Daraja

@Suite struct ResultCodeTests {
  static let table: [(String, ResultMeaning, Bool)] = [
    ("0", .paid, false),
    ("1", .refused(.insufficientFunds), true),
    ("2", .refused(.limit), false),
    ("3", .refused(.limit), false),
    ("4", .refused(.limit), false),
    ("8", .refused(.merchantLimit), false),
    ("11", .refused(.invalidParty), false),
    ("17", .ambiguous, false),
    ("20", .refused(.configuration), false),
    ("26", .ambiguous, false),
    ("1001", .ambiguous, false),
    ("1019", .timeout, true),
    ("1025", .refused(.promptFailed), false),
    ("1031", .cancelled, true),
    ("1032", .cancelled, true),
    ("1036", .timeout, true),
    ("1037", .timeout, true),
    ("2001", .refused(.wrongPIN), true),
    ("2002", .ambiguous, false),
    ("2028", .refused(.configuration), false),
    ("2029", .refused(.configuration), false),
    ("3002", .timeout, false),
    ("4999", .pending, false),
    ("8006", .refused(.pinLocked), false),
    ("9999", .ambiguous, false),
    ("SFC_IC0003", .refused(.configuration), false),
    ("TP40087", .refused(.wrongPIN), false),
    ("E3008", .refused(.badDebt), false),
    ("BW-HTTP-100300", .ambiguous, false),
  ]

  @Test(arguments: table)
  func knownCode(text: String, meaning: ResultMeaning, mayPromptAgain: Bool) {
    #expect(ResultCode(text).meaning == meaning)
    #expect(ResultCode(text).mayPromptAgain == mayPromptAgain)
  }

  @Test(arguments: [
    "", " ", "00", "0.0", "-0", "+0", " 0", "0 ", "0\n", "٠", "0x0", "null", "false", "e3008", "1032.0", "31337",
  ])
  func everythingElseProvesNothing(text: String) {
    #expect(ResultCode(text).meaning == .ambiguous)
    #expect(!ResultCode(text).mayPromptAgain)
    #expect(ResultCode(text) != .success)
  }

  @Test func onlyZeroIsSuccess() {
    #expect(ResultCode.success == "0")
    #expect(Self.table.filter { $0.1 == .paid }.map(\.0) == ["0"])
  }
}
