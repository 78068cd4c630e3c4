import ArgumentParser

struct InitSettingsCommand: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "init-mpesa-settings",
    abstract: "Make what an installation needs, and list every setting with its source.",
    discussion: """
      mpesad init-mpesa-settings --state /var/lib/mpesad

      Makes the state directory, the database and the keys where they are not there, and touches nothing that is: safe to repeat.
      Secrets are shown as the first digits of their SHA-256. Where a daemon runs, what it runs with is shown.

      Exit codes: 0 prompts can be sent, 78 settings are missing or cannot be used.
      """,
    aliases: ["init_mpesa_settings"])

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions

  func operate(_ runner: OperationRunner) async throws {
    let report = try await runner.perform(InitSettings())
    try output.show(report, as: report.table)
    for record in report.settings {
      if let problem = record.problem { Terminal.tell(problem) }
    }
    if !report.missing.isEmpty {
      Terminal.tell("Missing required M-Pesa settings: \(report.missing.map(\.name).joined(separator: ", "))")
      for missing in report.missing { Terminal.tell("  \(missing.name): \(missing.how)") }
    }
    if !report.missing.isEmpty || report.hasProblems { throw ExitStatus.configuration }
  }
}
