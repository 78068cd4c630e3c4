import Testing

@testable import Daraja

@Suite struct RedactionTests {
  @Test(arguments: [
    (
      "Error Occurred - Invalid Access Token - SGWcJPtNtYNPGm6uSYR9yPYrAI3Bm",
      "Error Occurred - Invalid Access Token - [redacted]"
    ),
    ("Bearer c9SQxWWhmdVRlyh0zh8gZDTkubVF!", "Bearer [redacted]!"),
    ("token dGhpc0lzQVNlY3JldA==.", "token [redacted]."),
    ("key abcdefghijklmnopqrstuvwxyzAB", "key [redacted]"),
    ("PartyA 254712345678 is busy", "PartyA [number] is busy"),
    ("PartyA +254 712 345-678.", "PartyA +[number]."),
    ("call 0712345678", "call [number]"),
    ("x=712345678", "x=[number]"),
    ("id ws_CO_191220191020363925", "id [redacted]"),
    ("abc254712345678", "abc[number]"),
  ])
  func takesOut(text: String, expected: String) {
    #expect(Redaction.redact(text, limit: 300) == expected)
  }

  @Test(arguments: [
    "Bad Request - Invalid CallBackURL", "Duplicate OriginatorConversationID", "500.001.1001",
    "Spike arrest violation. Allowed rate : MessageRate{messagesPerPeriod=5, maxBurstMessageCount=1.0}",
    "Unable to lock subscriber, a transaction is already in process for the current subscriber", "HTTP 500, code 26",
  ])
  func leaves(text: String) {
    #expect(Redaction.redact(text, limit: 300) == text)
  }

  @Test func replacesControlCharactersAndCutsLongText() {
    #expect(Redaction.redact("a\nb\u{1B}[0m\u{7F}c", limit: 300) == "a b [0m c")
    let long = Redaction.redact(String(repeating: "word ", count: 1_000), limit: 300)
    #expect(long.count == 300)
    #expect(long.hasSuffix("…"))
    #expect(Redaction.redact(String(repeating: "ä", count: 1_000), limit: 10) == "äääääääää…")
  }

  @Test func aFailureNeverHoldsATokenOrANumber() {
    let failure = DarajaFailure(
      kind: .invalidToken, httpStatus: 401, code: "c9SQxWWhmdVRlyh0zh8gZDTkubVF", message: "254712345678",
      field: "c9SQxWWhmdVRlyh0zh8gZDTkubVF")
    #expect(!"\(failure) \(failure.field ?? "")".contains("c9SQxWWhmd"))
    #expect(!"\(failure)".contains("254712345678"))
  }

  @Test func apigeesLongCodesStay() {
    let code = "keymanagement.service.InvalidAPICallAsNoApiProductMatchFound"
    #expect(DarajaFailure(kind: .notSubscribed, code: code, message: "").code == code)
  }

  @Test(arguments: DarajaFailure.Kind.allCases)
  func everyFailureSaysWhatToDo(kind: DarajaFailure.Kind) {
    let failure = DarajaFailure(kind: kind, httpStatus: 500, code: "500.003.02", message: "System is busy")
    #expect(failure.description == "\(kind.rawValue): HTTP 500 500.003.02: System is busy (\(kind.advice))")
  }

  @Test func breakerCountsOnlySignsOfTrouble() {
    func counts(_ kind: DarajaFailure.Kind, status: Int? = nil, code: String? = nil) -> Bool {
      DarajaFailure(kind: kind, httpStatus: status, code: code, message: "").countsAgainstBreaker
    }
    for kind in [DarajaFailure.Kind.rateLimited, .blockPage, .timeout, .connection, .serverError] {
      #expect(counts(kind))
    }
    for kind in [
      DarajaFailure.Kind.invalidRequest, .credentials, .notSubscribed, .invalidToken, .subscriberLocked, .unreadable,
      .cancelled, .noInformation,
    ] {
      #expect(!counts(kind, status: 500))
    }
    #expect(!counts(.serverError, status: 500, code: "500.001.1001"))
    #expect(counts(.serverError, status: 500, code: "500.003.1001"))
    #expect(counts(.emptyBody, status: 503))
    #expect(counts(.emptyBody, status: 403))
    #expect(!counts(.emptyBody, status: 200))
    #expect(!counts(.emptyBody))
  }

  @Test func aSecretNeverPrints() {
    let credentials = DarajaCredentials(consumerKey: Secret("KEY-1"), consumerSecret: Secret("hunter2"))
    let account = MerchantAccount(shortcode: "174379", passkey: Secret("hunter2"))
    var dumped = ""
    dump(credentials, to: &dumped)
    dump(account, to: &dumped)
    for text in [dumped, "\(credentials)", String(reflecting: account), "\(Secret("hunter2"))"] {
      #expect(!text.contains("hunter2"))
      #expect(!text.contains("KEY-1"))
    }
    #expect(Secret("hunter2").reveal() == "hunter2")
  }

  @Test func aTillIsPartyBAndAPaybillIsItself() {
    #expect(MerchantAccount(shortcode: "174379", passkey: Secret("")).partyB == "174379")
    let till = MerchantAccount(
      shortcode: "600100", passkey: Secret(""), transactionType: .customerBuyGoodsOnline, partyB: "5123456")
    #expect(till.partyB == "5123456")
  }
}
