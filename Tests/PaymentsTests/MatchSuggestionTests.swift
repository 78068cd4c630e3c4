import Daraja
import Payments
import Testing

/// What a callback tells of its push, and which payments it may be about.
@Suite("Suggestions for a match")
struct MatchSuggestionTests {
  static let names: [(String, phone: String?, pushedAt: Microseconds?)] = [
    // 24 November 2026, 10:11:12.345 in Nairobi.
    ("ws_CO_24112026101112345712345678", "254712345678", 1_795_504_272_345_000),
    ("ws_CO_29022024000000000110000149", "254110000149", 1_709_154_000_000_000),
    ("ws_CO_99992026101112345712345678", "254712345678", nil),
    ("ws_CO_191220191020363925", nil, nil), ("ws_CO_DMZ_123212312_23423", nil, nil),
    ("ws_CO_24112026101112345212345678", nil, nil), ("24112026101112345712345678", nil, nil), ("", nil, nil),
  ]

  @Test("A name of today's form tells time and phone; others tell nothing", arguments: names)
  func clues(name: String, phone: String?, pushedAt: Microseconds?) throws {
    let clues = MatchClues(STKCallback(checkoutRequestID: name, resultCode: "1032"))
    #expect(clues.phones == Set([try phone.map { try MSISDN($0) }].compactMap { $0 }))
    #expect(clues.pushedAt == pushedAt)
  }

  static let received: Microseconds = 1_795_504_300_000_000
  static let minute: Microseconds = 60_000_000

  private func candidate(
    _ id: Int64, phone: String = "254712345678", cents: Int64 = 150_000, minutesAgo: Microseconds = 1,
    push: PushState = .uncertain
  ) throws -> Transaction {
    var transaction = Transaction(
      id: TransactionID(id), orderID: OrderID(id), amount: Amount(cents: cents), phone: try MSISDN(phone),
      createdBy: "7", createdAt: Self.received - minutesAgo * Self.minute, nextQueryAt: Self.received)
    transaction.push = push
    return transaction
  }

  private func ranked(_ candidates: [Transaction], _ callback: STKCallback) -> [Int64] {
    MatchSuggestion.ranked(candidates, for: callback, receivedAt: Self.received).map(\.transaction.id.number)
  }

  @Test("Of one phone, the one begun nearest to the push comes first")
  func nearest() throws {
    let refusal = STKCallback(checkoutRequestID: "ws_CO_24112026101112345712345678", resultCode: "1032")
    let candidates = [
      try candidate(1, minutesAgo: 50), try candidate(2, minutesAgo: 1), try candidate(3, minutesAgo: 5),
      try candidate(4, phone: "254711222333"),
    ]
    #expect(ranked(candidates, refusal) == [2, 3, 1], "another phone is none")
  }

  @Test("Where the phone is not told, the amount decides, then the time")
  func amount() throws {
    let success = STKCallback(
      checkoutRequestID: "ws_CO_1", resultCode: .success, amount: Amount(cents: 150_000), receipt: Receipt("NLJ7RT61SV")
    )
    let candidates = [
      try candidate(1, cents: 9_900), try candidate(2, minutesAgo: 9), try candidate(3, phone: "254711222333"),
    ]
    #expect(ranked(candidates, success) == [3, 2])
    let silent = STKCallback(checkoutRequestID: "ws_CO_1", resultCode: "1032")
    #expect(ranked(candidates, silent) == [1, 3, 2])
  }

  @Test("None was begun after the callback came, or more than an hour before, or is known to be another's")
  func none() throws {
    let callback = STKCallback(checkoutRequestID: "ws_CO_1", resultCode: "1032")
    #expect(ranked([try candidate(1, minutesAgo: 61), try candidate(2, minutesAgo: -1)], callback) == [])
    #expect(ranked([try candidate(1, push: .rejected), try candidate(2, push: .requested)], callback) == [])
    #expect(ranked([try candidate(1, minutesAgo: 60)], callback) == [1])
  }

  @Test("None was begun after its push by Safaricom's clock, but for what that clock may be wrong")
  func afterThePush() throws {
    let early = STKCallback(checkoutRequestID: "ws_CO_24112026100700000712345678", resultCode: "1032")
    let candidates = [
      try candidate(1, minutesAgo: 1), try candidate(2, minutesAgo: 3), try candidate(3, minutesAgo: 5),
    ]
    #expect(ranked(candidates, early) == [3, 2], "pushed four and a half minutes before the callback came")
  }

  @Test("More than a person would compare are cut off")
  func many() throws {
    let callback = STKCallback(checkoutRequestID: "ws_CO_1", resultCode: "1032")
    let candidates = try (1...30).map { try candidate(Int64($0)) }
    #expect(ranked(candidates, callback) == Array(1...10))
  }
}
