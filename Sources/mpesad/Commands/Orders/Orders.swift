import ArgumentParser

/// What is owed.
struct Orders: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make an order, or look one up.", subcommands: [OrdersCreate.self, OrdersShow.self])
}
