import ArgumentParser

struct OrdersCreate: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "create", abstract: "Make an order that a prompt can be sent for.",
    discussion: """
        mpesad orders create --amount 1500 --reference INV-42 --description "Two lamps" --user 7
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions

  @Option(name: .long, help: "What is owed, in shillings: 1500 or 1500.00. Prompts take whole shillings.")
  var amount: String

  @Option(name: .long, help: "Your own name for the order; the shopper sees it as the account.")
  var reference: String

  @Option(name: .long, help: "What it is for.")
  var description = ""

  @Option(name: .long, help: "The user_id whose tokens may see and pay it. Without it, your login name.")
  var user: String?

  func operate(_ runner: OperationRunner) async throws {
    let order = try await runner.perform(
      CreateOrder(amount: amount, reference: reference, description: description, user: user))
    try output.show(order, as: order.table)
  }
}
