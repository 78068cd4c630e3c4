import ArgumentParser

/// What the merchant's own system is told.
struct Deliveries: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the webhooks that tell your own system of settlements, and have them sent again.",
    subcommands: [DeliveriesList.self, DeliveriesShow.self, DeliveriesResend.self])
}
