import Payments
import Testing

@testable import mpesad

@Suite struct OrderOperationsTests {
  @Test func anOrderBelongsToWhoeverItIsMadeFor() async throws {
    try await DeskRig.use { rig in
      let mine = try await rig.perform(CreateOrder(amount: "1500", reference: "A-1", description: ""))
      let theirs = try await rig.perform(CreateOrder(amount: "99.50", reference: "A-2", description: "Lamp", user: "7"))
      #expect(mine.createdBy == "asha" && mine.amount == "1500.00" && mine.status == "unpaid")
      #expect(theirs.createdBy == "7" && theirs.amount == "99.50")
      #expect(try await rig.perform(ShowOrder(order: theirs.orderID)) == theirs)
      #expect(try await rig.refusal(ShowOrder(order: 9)) == OperationError(.notFound, "There is no order 9."))
    }
  }

  @Test func anOrderSaysWhereAndUntilWhenItIsPaid() async throws {
    try await DeskRig.use { rig in
      let plain = try await rig.perform(CreateOrder(amount: "1", reference: "A-1", description: ""))
      #expect(plain.expiresAt?.microseconds == DeskRig.now + 86_400_000_000 && plain.successURL == nil)
      #expect(plain.checkoutURL?.hasPrefix("https://pay.example.co.ke/checkout/1.") == true)
      let full = try await rig.perform(
        CreateOrder(
          amount: "1", reference: "A-2", description: "", successURL: "https://shop.example/ok",
          cancelURL: "https://shop.example/no", expiresIn: 60))
      #expect(full.expiresAt?.microseconds == DeskRig.now + 60_000_000)
      #expect(full.successURL == "https://shop.example/ok" && full.cancelURL == "https://shop.example/no")
      #expect(try await rig.perform(ShowOrder(order: full.orderID)) == full)
    }
  }

  static let wrong: [(CreateOrder, String)] = [
    (CreateOrder(amount: "1", reference: "A", description: "", successURL: "shop"), "success"),
    (CreateOrder(amount: "1", reference: "A", description: "", cancelURL: "http://shop.example/"), "cancel"),
    (CreateOrder(amount: "1", reference: "A", description: "", expiresIn: 59), "expiry"),
    (CreateOrder(amount: "0", reference: "A", description: ""), "amount"),
    (CreateOrder(amount: "-5", reference: "A", description: ""), "amount"),
    (CreateOrder(amount: "1e3", reference: "A", description: ""), "amount"),
    (CreateOrder(amount: "1.005", reference: "A", description: ""), "amount"),
    (CreateOrder(amount: "1", reference: "", description: ""), "reference"),
    (CreateOrder(amount: "1", reference: "thirteen-long", description: ""), "reference"),
    (CreateOrder(amount: "1", reference: "A_1", description: ""), "reference"),
    (CreateOrder(amount: "1", reference: "A", description: String(repeating: "x", count: 101)), "description"),
    (CreateOrder(amount: "1", reference: "A", description: "\u{1B}[2J"), "description"),
  ]

  @Test(arguments: wrong) func whatCannotBeAnOrderIsNamed(order: CreateOrder, named: String) async throws {
    try await DeskRig.use { rig in
      let error = try await rig.refusal(order)
      #expect(error?.kind == .invalid && error?.description.contains(named) == true)
      #expect(try await rig.store.order(OrderID(1)) == nil)
    }
  }
}
