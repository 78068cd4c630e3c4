import Testing

@testable import Daraja

@Suite struct C2BConfirmationTests {
  private func c2b(_ body: String, _ location: SourceLocation = #_sourceLocation) throws -> C2BConfirmation {
    let message = try CallbackMessage.parse(body.utf8)
    guard case .c2b(let confirmation) = message else {
      Issue.record("not a C2B confirmation", sourceLocation: location)
      return C2BConfirmation(transactionID: "")
    }
    return confirmation
  }

  @Test func everyField() throws {
    #expect(
      try c2b(SampleBodies.confirmation)
        == C2BConfirmation(
          transactionType: "Pay Bill", transactionID: "SA5664XPWQ", transactionTime: "20240105143211",
          amount: Amount("6000"), businessShortCode: "600638", billReference: "ORDER 12",
          organizationAccountBalance: "49197.00", phone: "2547 ***** 126", firstName: "JOHN"))
  }

  @Test func aRawLineFeedDoesNotLoseThePayment() throws {
    let confirmation = try c2b(SampleBodies.confirmationWithLineFeed)
    #expect(confirmation.billReference == "ORDER\n12")
    #expect(confirmation.receipt?.text == "SA5664XPWQ")
    #expect(confirmation.amount?.cents == 600_000)
  }

  @Test(arguments: [
    "Buy Goods", "Customer Merchant Payment", "Organization To Organization Transfer", "OD Payment Transfer",
  ])
  func anyTransactionType(type: String) throws {
    #expect(try c2b(SampleBodies.confirmation.replacing("Pay Bill", with: type)).transactionType == type)
  }

  @Test(arguments: [
    "2547 ***** 126", "2541 ***** 374", "2******9", "254712345678",
    "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
  ])
  func thePhoneIsText(phone: String) throws {
    #expect(try c2b(SampleBodies.confirmation.replacing("2547 ***** 126", with: phone)).phone == phone)
  }

  @Test func blankAndAbsentFieldsAreNil() throws {
    let confirmation = try c2b(
      #"{"TransID":"A1","TransactionType":"","FirstName":"   ","LastName":null,"BillRefNumber":" \n"}"#)
    #expect(confirmation == C2BConfirmation(transactionID: "A1"))
  }

  @Test func numbersAreTakenAsText() throws {
    let confirmation = try c2b(#"{"TransID":"A1","TransAmount":5.00,"MSISDN":254712345678,"TransTime":20240105143211}"#)
    #expect(confirmation.amount?.cents == 500)
    #expect(confirmation.phone == "254712345678")
    #expect(confirmation.transactionTime == "20240105143211")
  }

  @Test func anUnreadableAmountIsAbsent() throws {
    #expect(try c2b(#"{"TransID":"A1","TransAmount":"5,000"}"#).amount == nil)
  }

  @Test func fieldsThatContradictEachOther() throws {
    let body = #"{"TransID":"A1","TransID":"A2","TransAmount":"5","TransAmount":"6","MSISDN":"1","MSISDN":1}"#
    #expect(try c2b(body).conflicts == ["TransID", "TransAmount"])
  }

  @Test(arguments: [
    #"{"TransID":""}"#, #"{"TransID":"  "}"#, #"{"TransID":null}"#, #"{"TransID":{}}"#,
    #"{"TransID":"\#(String(repeating: "A", count: 65))"}"#,
  ])
  func needsATransactionID(body: String) {
    #expect(throws: UnreadableCallback(reason: "TransID is not a text of 1 to 64 bytes.")) {
      try CallbackMessage.parse(body.utf8)
    }
  }

  @Test func printingShowsNeitherNumberNorName() throws {
    let confirmation = try c2b(SampleBodies.confirmation.replacing("2547 ***** 126", with: "254712345678"))
    var dumped = ""
    dump(confirmation, to: &dumped)
    for text in ["\(confirmation)", String(reflecting: confirmation), dumped] {
      #expect(!text.contains("254712345678"))
      #expect(!text.contains("JOHN"))
      #expect(text.contains("SA5664XPWQ"))
    }
  }
}
