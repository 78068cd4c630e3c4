import ArgumentParser

/// Payments, one prompt each.
struct Transactions: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "List payments, look at one, ask Safaricom about it, or rule on it.",
    subcommands: [TransactionsList.self, TransactionsShow.self, TransactionsQuery.self, TransactionsResolve.self])
}
