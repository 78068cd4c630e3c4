import Daraja
import NIOCore
import Payments
import Store
import Testing

@testable import mpesad

/// `mpesad inbox match`, as scripts and people meet it.
@Suite struct MatchCommandTests {
  @Test func aMatchIsConfirmedAndLeavesThePaymentToSafaricom() async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let store = try OperatorCommandTests.store(workspace)
    let order = try await store.createOrder(
      NewOrder(amount: Amount(cents: 150_000), description: "", reference: "A", createdBy: "7"), at: 1)
    _ = try await store.openPush(
      order: order.id, phone: try MSISDN("0708374149"), createdBy: "7", rules: AdmissionRules(), firstQueryAt: 2, at: 1)
    _ = try await store.settle(
      TransactionID(1), with: .pushAnswer(.uncertain(detail: "lost")), nextQueryAt: 2, at: 1)
    let name = "ws_CO_24112026101112345708374149"
    let body = #"{"Body":{"stkCallback":{"CheckoutRequestID":"\#(name)","ResultCode":0,"ResultDesc":"paid"}}}"#
    _ = try await store.append(
      NewDelivery(body: ByteBuffer(string: body), receivedAt: 3, source: "10.0.0.1", token: nil))
    let callback = STKCallback(checkoutRequestID: name, resultCode: .success)
    _ = try await store.conclude(
      [(DeliveryID(1), .evidence(about: .checkoutRequestID(name), callback, .none, ifUnknown: .giveUp))], at: 3)
    await store.close()

    let match = ["inbox", "match", "1", "1", "--reason", "The only prompt in the hour", "--state", workspace.path]
    let unasked = try await CommandRun(match)
    #expect(unasked.status == 64 && unasked.messages.contains("--yes"), "nobody is at the terminal to be asked")
    let matched = try await CommandRun(match + ["--yes"])
    #expect(matched.status == 0 && matched.cells.last?[2] == "pending", "\(matched.messages)")
    #expect(matched.messages.contains("Only Safaricom's answer settles it"))
    let again = try await CommandRun(match + ["--yes"])
    #expect(again.status == 1 && again.messages.contains("cannot be matched"), "\(again.messages)")
    let explained = try await CommandRun(["explain", "1", "--state", workspace.path])
    #expect(explained.data.contains("a person's match") && !explained.data.contains("708374149"), "\(explained.data)")
  }
}
