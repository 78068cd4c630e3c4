import ArgumentParser

struct OrdersShow: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show an order, and whether it is paid.", discussion: "  mpesad orders show 123")

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "The order's number.")
  var order: Int64

  func operate(_ runner: OperationRunner) async throws {
    let order = try await runner.perform(ShowOrder(order: order))
    try output.show(order, as: order.table)
  }
}
