import ArgumentParser

/// Who calls.
struct SourcesCommand: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "sources",
    abstract: "Show who called at the callback addresses, how often, and whether the list holds them.",
    discussion: """
        mpesad sources
        mpesad sources --json

      Shows the policy and the list of addresses in force, and a line for each address that called. One that delivered valid tokens and
      is not on the list is pointed out: look here before you set mpesa_callback_policy to enforce.
      """)

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions

  func operate(_ runner: OperationRunner) async throws {
    let report = try await runner.perform(ListSources())
    if !output.json { for line in report.heading { Terminal.tell(line) } }
    try output.show(report, as: report.table, empty: "Nobody has called yet.")
    if !output.json { for line in report.advice { Terminal.tell(line) } }
  }
}
