import Daraja
import Payments
import Testing

/// Who may see and start what. What one may not see looks like what is not there.
@Suite(.timeLimit(.minutes(1))) struct OwnershipTests {
  private static let paths = [
    ("GET", "/api/orders/123/", "order_not_found"),
    ("GET", "/api/payments/transactions/456/check_mpesa_status/", "transaction_not_found"),
    ("POST", "/api/payments/transactions/initiate_mpesa_payment/", "order_not_found"),
  ]

  @Test(arguments: paths)
  func anotherUsersIsNotThere(method: String, path: String, code: String) async throws {
    try await Self.gateway { gateway in
      let body = method == "POST" ? #"{"order_id":123,"phone_number":"0712345678"}"# : nil
      let stranger = try await gateway.send(method, path, token: try await TestGateway.token(user: "8"), body: body)
      #expect(stranger.status == 404)
      #expect(stranger.errorCode == code)
      // Byte for byte what a number without anything behind it gets.
      let nothing = try await gateway.send(
        method, path.replacing("123", with: "9").replacing("456", with: "9"),
        token: try await TestGateway.token(user: "8"), body: body?.replacing("order_id\":123", with: "order_id\":9"))
      #expect(stranger.body == nothing.body)
      #expect(gateway.prompting.asked.isEmpty)
    }
  }

  @Test(arguments: [("7", false), ("1", true)])
  func ownersAndStaffSeeIt(user: String, staff: Bool) async throws {
    try await Self.gateway { gateway in
      let token = try await TestGateway.token(user: user, staff: staff)
      for (method, path, _) in Self.paths {
        let body = method == "POST" ? #"{"order_id":123,"phone_number":"0712345678"}"# : nil
        #expect(try await gateway.send(method, path, token: token, body: body).status == 200)
      }
      // What staff start for a user's order is that user's, who can follow it.
      #expect(gateway.prompting.asked.map(\.user) == ["7"])
    }
  }

  private static func gateway(_ body: (TestGateway) async throws -> Void) async throws {
    try await TestGateway.run { gateway in
      gateway.store.add(Order.example())
      gateway.store.add(try Transaction.example())
      gateway.prompting.answer(.success(.sent(try .example(), customerMessage: nil)))
      try await body(gateway)
    }
  }
}
