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

  @Option(
    name: .customLong("success-url"), help: "Where a shopper who paid goes from the checkout page: an https address.")
  var successURL: String?

  @Option(name: .customLong("cancel-url"), help: "Where a shopper who does not want to pay goes: an https address.")
  var cancelURL: String?

  @Option(name: .long, help: "For how many seconds the checkout page takes the payment; a day unless given.")
  var expiresIn: Int64?

  func operate(_ runner: OperationRunner) async throws {
    let order = try await runner.perform(
      CreateOrder(
        amount: amount, reference: reference, description: description, user: user, successURL: successURL,
        cancelURL: cancelURL, expiresIn: expiresIn))
    try output.show(order, as: order.table)
  }
}
