import DarajaSimulator
import Foundation
import Testing

@testable import mpesad

extension PackagedService {
  private static let darajaPort = 8090

  /// Starts the simulator beside it, gives it the simulator's credentials as an operator would, and lets it start.
  func startDaraja() async throws -> MachineCommand {
    let account = SimulatorConfiguration()
    for (name, value) in [
      ("mpesa_consumer_key", account.consumerKey), ("mpesa_consumer_secret", account.consumerSecret),
      ("mpesa_passkey", account.passkey),
    ] {
      try machine.write("/etc/credstore/\(name)", value, mode: 0o600)
    }
    try machine.write(
      Self.configuration,
      """
      daraja_base_url: http://127.0.0.1:\(Self.darajaPort)
      mpesa_business_shortcode: "\(account.shortcode)"
      mpesa_callback_url: http://127.0.0.1:\(Self.port)/api/payments/callbacks

      """)
    let daraja = try machine.start("mpesad", "simulator", "--port", "\(Self.darajaPort)", "--pace", "0.05")
    try await waits(for: "the simulator serves") {
      (try? await send("GET", "/simulator/stories", port: Self.darajaPort).status) == 200
    }
    return daraja
  }

  /// Makes an order over KES 1,500, and asks for its prompt over the API.
  /// - Returns: the transaction's number.
  func pay(_ phone: String) async throws -> Int64 {
    struct Made: Decodable {
      var orderId: Int64?
      var transactionId: Int64?
    }
    let token = try await machine.must("mpesad", "issue-token", "--config", Self.configuration, "--user", "7").text
    func call(_ path: String, _ body: String) async throws -> Made {
      let answer = try await send(
        "POST", path, body: body, headers: ["Authorization": "JWT \(token)", "Content-Type": "application/json"])
      guard (200...299).contains(answer.status) else { throw SystemdMachine.Trouble(description: "\(path): \(answer)") }
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(Made.self, from: Data(answer.body.utf8))
    }
    let made = try await call(
      "/api/orders/", #"{"amount": "1500.00", "description": "A try", "reference": "MACHINE-1"}"#)
    let order = try #require(made.orderId)
    let prompted = try await call(
      "/api/payments/transactions/initiate_mpesa_payment/", #"{"order_id": \#(order), "phone_number": "\#(phone)"}"#)
    return try #require(prompted.transactionId)
  }
}
