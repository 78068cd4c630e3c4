import Daraja
import Payments
import Testing

@testable import Gateway

/// How often pushes may be started, and that looking costs nothing.
@Suite(.timeLimit(.minutes(1))) struct RequestLimitTests {
  private static let now = TestGateway.now
  private static let shopper = Caller(user: "7", isStaff: false)
  private static let staff = Caller(user: "1", isStaff: true)

  private static func address(_ text: String) throws -> ClientAddress { .ip(try #require(IPAddress(text))) }

  /// How many pushes of a row of callers go through within one moment.
  private static func admitted(
    _ limits: RequestLimits, _ pushes: some Sequence<(Caller, address: String, phone: String)>
  ) throws -> Int {
    var count = 0
    for (caller, address, phone) in pushes {
      do {
        try limits.takePush(by: caller, from: try Self.address(address), to: try MSISDN(phone), at: .at(now))
        count += 1
      } catch let error as APIError {
        #expect(error.code == .rateLimited)
        #expect(error.headers[.retryAfter] != nil)
      }
    }
    return count
  }

  private static func phone(_ number: Int) -> String { "2547\(10_000_000 + number)" }
  private static func ip(_ number: Int) -> String { "10.0.\(number / 250).\(number % 250)" }

  @Test func eachOfThemHasALimitOfItsOwn() throws {
    let limits = { RequestLimits(user: 10, phone: 5, address: 20) }
    let users = (0..<100).map { Caller(user: "u\($0)", isStaff: false) }
    #expect(try Self.admitted(limits(), (0..<100).map { (Self.shopper, Self.ip($0), Self.phone($0)) }) == 10)
    #expect(try Self.admitted(limits(), (0..<100).map { (users[$0], Self.ip($0), Self.phone(1)) }) == 5)
    #expect(try Self.admitted(limits(), (0..<100).map { (users[$0], Self.ip(1), Self.phone($0)) }) == 20)
    #expect(try Self.admitted(limits(), (0..<100).map { (users[$0], Self.ip($0), Self.phone($0)) }) == 100)
    #expect(
      try Self.admitted(limits(), (0..<100).map { (users[$0], "2001:db8:0:1::\($0)", Self.phone($0)) }) == 20,
      "one host has all addresses of its /64")
  }

  /// A backend calls for all of its shoppers from one address: 2,676 payments in the busiest hour that an aggregator reported.
  @Test(arguments: [shopper, staff])
  func theStandardsDoNotStopABusyShop(backend: Caller) throws {
    let limits = RequestLimits()
    let interval: Microseconds = 3_600_000_000 / 2_676
    for number in 0..<2_676 {
      try limits.takePush(
        by: backend, from: try Self.address("10.0.0.1"), to: try MSISDN(Self.phone(number)),
        at: .at(Self.now + Microseconds(number) * interval))
    }
  }

  @Test func aBackendOfStaffIsHeldToItsAddressAlone() throws {
    let pushes = (0..<1_000).map { (Self.staff, "10.0.0.1", Self.phone($0)) }
    #expect(try Self.admitted(RequestLimits(), pushes) == 600)
    #expect(try Self.admitted(RequestLimits(address: nil), pushes) == 1_000)
  }

  @Test func whoIsRefusedDoesNotUseUpThePhone() throws {
    let limits = RequestLimits(user: 1, phone: 5, address: nil)
    _ = try Self.admitted(limits, (0..<50).map { (Self.shopper, Self.ip($0), Self.phone(1)) })
    let others = (0..<10).map { (Caller(user: "o\($0)", isStaff: false), Self.ip($0), Self.phone(1)) }
    #expect(try Self.admitted(limits, others) == 4)
  }

  @Test func questionsAndPushesAreCountedApart() throws {
    let limits = RequestLimits(user: 2, phone: 5, address: 2)
    let client = try Self.address("10.0.0.1")
    for _ in 0..<2 { try limits.takeQuestion(by: Self.shopper, from: client, at: .at(Self.now)) }
    #expect(throws: APIError.self) { try limits.takeQuestion(by: Self.shopper, from: client, at: .at(Self.now)) }
    #expect(try Self.admitted(limits, [(Self.shopper, "10.0.0.1", Self.phone(1))]) == 1)
  }

  @Test func tooManyPushesAreA429ThatSaysWhenToComeBack() async throws {
    try await TestGateway.run(requestLimits: RequestLimits(user: 2)) { gateway in
      gateway.store.add(Order.example())
      gateway.prompting.answer(.success(.noSuchOrder))
      let token = try await TestGateway.token()
      let body = #"{"order_id":123,"phone_number":"0712345678"}"#
      let path = "/api/payments/transactions/initiate_mpesa_payment/"
      for _ in 0..<2 { _ = try await gateway.send("POST", path, token: token, body: body) }
      let third = try await gateway.send("POST", path, token: token, body: body)
      #expect(third.status == 429)
      #expect(third.errorCode == "rate_limited")
      #expect(third.headers["retry-after"] == "30")
      #expect(third.json["message"] == .string("Too many requests by this user. Wait as long as Retry-After says."))
      #expect(gateway.prompting.asked.count == 2)
    }
  }

  @Test func whoLooksTooOftenIsToldWhatIsKnown() async throws {
    try await TestGateway.run(requestLimits: RequestLimits(address: 1)) { gateway in
      var due = try Transaction.example()
      due.nextQueryAt = TestGateway.now
      gateway.store.add(due)
      let asked = Counter()
      gateway.asking.onAsk { _ in asked.increment() }
      for _ in 0..<20 {
        let answer = try await gateway.send(
          "GET", "/api/payments/transactions/456/check_mpesa_status/", token: try await TestGateway.token())
        #expect(answer.status == 200)
        #expect(answer.json["transaction"]?["payment_status"] == .string("pending"))
      }
      #expect(asked.count == 1)
    }
  }
}
