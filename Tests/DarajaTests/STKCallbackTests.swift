import Testing

@testable import Daraja

@Suite struct STKCallbackTests {
  private func stk(_ body: String, _ location: SourceLocation = #_sourceLocation) throws -> STKCallback {
    let message = try CallbackMessage.parse(body.utf8)
    guard case .stk(let callback) = message else {
      Issue.record("not an STK callback", sourceLocation: location)
      return STKCallback(resultCode: "")
    }
    return callback
  }

  @Test func success() throws {
    #expect(
      try stk(SampleBodies.paid)
        == STKCallback(
          merchantRequestID: "2654-4b64-97ff-b827b542881d3130", checkoutRequestID: "ws_CO_191220191020363925",
          resultCode: .success, resultDescription: "The service request is processed successfully.",
          amount: Amount("1500"), receipt: Receipt("NLJ7RT61SV"), transactionDate: "20191219102115",
          phone: "254712345678"))
  }

  @Test func failureWithoutMetadata() throws {
    let callback = try stk(SampleBodies.cancelled)
    #expect(callback.resultCode == "1032")
    #expect(callback.amount == nil)
    #expect(callback.receipt == nil)
    #expect(callback.conflicts.isEmpty)
  }

  @Test func stringCodeWithoutEnvelopeAndText() throws {
    let callback = try stk(SampleBodies.flatStringCode)
    #expect(callback.resultCode == "BW-HTTP-100300")
    #expect(callback.checkoutRequestID == "ws_CO_191220191020363925")
    #expect(callback.resultDescription == nil)
  }

  @Test(arguments: [
    SampleBodies.badDebt, #"{"ResultCode":"E3008","ResultDesc":"Error, the user has a bad debt contract."}"#,
  ])
  func stringCodeWithoutIDs(body: String) throws {
    let callback = try stk(body)
    #expect(callback.resultCode.meaning == .refused(.badDebt))
    #expect(callback.checkoutRequestID == nil)
    #expect(callback.merchantRequestID == nil)
  }

  @Test func envelopeAndItemsWithoutValues() throws {
    let callback = try stk(SampleBodies.ethiopia)
    #expect(callback.resultCode.meaning == .timeout)
    #expect(callback.amount == nil)
    #expect(callback.conflicts.isEmpty)
  }

  @Test func unknownKeysAreIgnored() throws {
    let body = #"{"Envelope":"x","Body":{"more":1,"stkCallback":{"ResultCode":1032,"Extra":{"a":[]}}},"TransID":7}"#
    #expect(try stk(body) == STKCallback(resultCode: "1032"))
  }

  @Test(arguments: [
    ("0", "0", true), (#""0""#, "0", true), ("0.0", "0.0", false), ("-0", "-0", false), ("0e0", "0e0", false),
    (#""00""#, "00", false), (#"" 0""#, " 0", false), (#""\u0030""#, "0", true), ("1032", "1032", false),
    (#""1032""#, "1032", false), ("99999999999999999999", "99999999999999999999", false),
  ])
  func resultCodeIsText(json: String, text: String, isSuccess: Bool) throws {
    let callback = try stk(#"{"Body":{"stkCallback":{"ResultCode":\#(json)}}}"#)
    #expect(callback.resultCode.text == text)
    #expect((callback.resultCode.meaning == .paid) == isSuccess)
  }

  @Test(
    arguments: [
      ("1", 100), ("1.00", 100), ("5000.00", 500_000), ("1500.000", 150_000), (#""1500.00""#, 150_000), ("0", 0),
      ("1.5e3", nil), ("-1", nil), ("1.005", nil), (#""KES 5""#, nil), ("null", nil), ("true", nil), ("{}", nil),
      ("[1]", nil),
      ("1e999999999", nil), ("99999999999999999999999", nil),
    ] as [(String, Int64?)])
  func amountIsExactOrAbsent(json: String, cents: Int64?) throws {
    #expect(try stk(SampleBodies.paid(items: #"[{"Name":"Amount","Value":\#(json)}]"#)).amount?.cents == cents)
  }

  @Test func metadataIsFoundByNameInAnyOrder() throws {
    var random = SeededRandom()
    let items = [
      #"{"Name":"Amount","Value":1}"#, #"{"Value":"NLJ7RT61SV","Name":"MpesaReceiptNumber"}"#, #"{"Name":"Balance"}"#,
      #"{"Name":"TransactionDate","Value":"20191219102115"}"#, #"{"Name":"PhoneNumber","Value":"2547 ***** 126"}"#,
      #"{"Name":"Novelty","Value":{"a":[1]}}"#, #"{"Value":7}"#, "null", "3", "[]", #"{"Name":null,"Value":1}"#,
    ]
    for _ in 0..<200 {
      let callback = try stk(
        SampleBodies.paid(items: "[" + items.shuffled(using: &random).joined(separator: ",") + "]"))
      #expect(callback.amount?.cents == 100, "seed \(random.seed)")
      #expect(callback.receipt?.text == "NLJ7RT61SV")
      #expect(callback.transactionDate == "20191219102115")
      #expect(callback.phone == "2547 ***** 126")
      #expect(callback.conflicts.isEmpty)
    }
  }

  @Test(arguments: ["null", "3", #""x""#, "[]", "{}", #"[{"Name":"Amount"}]"#])
  func oddMetadataIsNoMetadata(items: String) throws {
    #expect(try stk(SampleBodies.paid(items: items)).amount == nil)
  }

  @Test func aSingleItemMayStandAlone() throws {
    #expect(try stk(SampleBodies.paid(items: #"{"Name":"Amount","Value":7}"#)).amount?.cents == 700)
  }

  static let conflicts: [(String, [String])] = [
    (#"[{"Name":"Amount","Value":1},{"Name":"Amount","Value":1.00}]"#, []),
    (#"[{"Name":"Amount","Value":1},{"Name":"Amount","Value":"1"}]"#, []),
    (#"[{"Name":"Amount","Value":1},{"Name":"Amount"}]"#, []),
    (#"[{"Name":"Balance","Value":1},{"Name":"Balance","Value":2}]"#, []),
    (#"[{"Name":"Amount","Value":1},{"Name":"Amount","Value":2}]"#, ["Amount"]),
    (#"[{"Name":"Amount","Value":1},{"Name":"Amount","Value":"x"}]"#, ["Amount"]),
    (#"[{"Name":"Amount","Value":1,"Value":2}]"#, ["Amount"]),
    (#"[{"Name":"Amount","Name":"PhoneNumber","Value":1}]"#, ["Name"]),
    (
      #"[{"Name":"MpesaReceiptNumber","Value":"A1"},{"Name":"MpesaReceiptNumber","Value":"A2"}]"#,
      ["MpesaReceiptNumber"]
    ),
    (#"[{"Name":"PhoneNumber","Value":1},{"Name":"PhoneNumber","Value":2}]"#, ["PhoneNumber"]),
    (#"[{"Name":"TransactionDate","Value":1},{"Name":"TransactionDate","Value":2}]"#, ["TransactionDate"]),
  ]

  @Test(arguments: conflicts)
  func itemsThatContradictEachOther(items: String, names: [String]) throws {
    #expect(try stk(SampleBodies.paid(items: items)).conflicts == names)
  }

  @Test(arguments: [
    (#"{"Body":{"stkCallback":{"ResultCode":1032,"ResultCode":0}}}"#, ["ResultCode"]),
    (#"{"Body":{"stkCallback":{"ResultCode":0,"ResultCode":"0"}}}"#, []),
    (
      #"{"Body":{"stkCallback":{"ResultCode":0,"CheckoutRequestID":"a","CheckoutRequestID":"b"}}}"#,
      ["CheckoutRequestID"]
    ),
    (#"{"Body":{"stkCallback":{"ResultCode":0},"stkCallback":{"ResultCode":1}}}"#, ["stkCallback"]),
    (#"{"Body":{"stkCallback":{"ResultCode":0}},"Body":{}}"#, ["Body"]),
    (#"{"Body":{"stkCallback":{"ResultCode":0}},"Body":{"stkCallback":{"ResultCode":0}}}"#, []),
    (#"{"ResultCode":0,"ResultCode":1}"#, ["ResultCode"]),
  ])
  func keysThatContradictEachOther(body: String, names: [String]) throws {
    #expect(try stk(body).conflicts == names)
  }

  @Test func rawControlCharactersInATextAreTaken() throws {
    let callback = try stk("{\"Body\":{\"stkCallback\":{\"ResultCode\":1,\"ResultDesc\":\"a\tb\r\nc\"}}}")
    #expect(callback.resultDescription == "a\tb\r\nc")
  }

  @Test func aByteOrderMarkAndWhiteSpaceDoNoHarm() throws {
    #expect(try stk("\u{FEFF}\r\n " + SampleBodies.cancelled + "\n\n").resultCode == "1032")
  }

  @Test func longTextsAreBounded() throws {
    let text = String(repeating: "x", count: 10_000)
    let callback = try stk(#"{"Body":{"stkCallback":{"ResultCode":1,"ResultDesc":"\#(text)"}}}"#)
    #expect(callback.resultDescription?.count == 512)
  }

  @Test func printingShowsNoNumber() throws {
    let callback = try stk(
      SampleBodies.paid.replacing("ws_CO_191220191020363925", with: "ws_CO_19122019102036712345678"))
    var dumped = ""
    dump(CallbackMessage.stk(callback), to: &dumped)
    for text in ["\(callback)", String(reflecting: callback), dumped, "\(CallbackMessage.stk(callback))"] {
      #expect(!text.contains("712345678"))
      #expect(text.contains("NLJ7RT61SV"))
    }
  }
}
