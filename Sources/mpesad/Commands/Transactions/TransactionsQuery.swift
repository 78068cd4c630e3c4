import ArgumentParser

struct TransactionsQuery: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "query", abstract: "Ask Safaricom about a payment now.",
    discussion: """
        mpesad transactions query 7

      The question counts against the budget that all questions share; where that is spent, the command says when to try again \
      (exit code 75). A completed payment is not asked about (exit code 1).
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions

  @Argument(help: "The payment's number.")
  var transaction: Int64

  func operate(_ runner: OperationRunner) async throws {
    let answer = try await runner.perform(QueryTransaction(transaction: transaction))
    var table = TextTable(header: ["transaction", "answer", "result code", "before", "now", "reason"])
    table.add([
      String(transaction), answer.answer, answer.resultCode ?? "", answer.statusBefore.rawValue,
      answer.transaction.status.rawValue, answer.transaction.reason ?? "",
    ])
    try output.show(answer, as: table)
  }
}
