import Testing

@testable import Gateway

@Suite struct CallbackRulesTests {
  typealias Row = (
    policy: CallbackPolicy, listed: Bool, proof: CallbackRules.Proof, verdict: CallbackRules.Verdict, noted: Bool
  )

  static let table: [Row] = [
    // Who is on the list delivers what he wants, as fast as he wants.
    (.off, true, .token, .take, false), (.off, true, .wrongToken, .take, false), (.off, true, .none, .take, false),
    (.log, true, .token, .take, false), (.log, true, .wrongToken, .take, false), (.log, true, .none, .take, false),
    (.enforce, true, .token, .take, false), (.enforce, true, .wrongToken, .take, false),
    (.enforce, true, .none, .take, false),
    // Who is not is never kept from delivering with a valid token, unless the operator said so.
    (.off, false, .token, .take, false), (.log, false, .token, .take, true),
    (.enforce, false, .token, .refuse, true),
    // What proves nothing has a limit.
    (.off, false, .wrongToken, .takeWithinLimit, false), (.off, false, .none, .takeWithinLimit, false),
    (.log, false, .wrongToken, .takeWithinLimit, true), (.log, false, .none, .takeWithinLimit, true),
    (.enforce, false, .wrongToken, .refuse, true), (.enforce, false, .none, .refuse, true),
  ]

  @Test(arguments: table) func eachDeliveryHasItsVerdict(row: Row) throws {
    let rules = CallbackRules(policy: row.policy, sources: try AddressList(parsing: "196.201.214.0/24"))
    let client = ClientAddress.ip(try #require(IPAddress(row.listed ? "196.201.214.200" : "203.0.113.9")))
    #expect(rules.verdict(from: client, row.proof) == (row.verdict, row.noted))
  }
}
