import ArgumentParser
import Foundation

struct SetCredentialsCommand: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "set-mpesa-credentials",
    abstract: "Set the merchant's settings. A running daemon takes them up at once.",
    discussion: """
      mpesad set-mpesa-credentials --interactive
      mpesad set-mpesa-credentials --business-shortcode 174379 --passkey-file - < passkey
      mpesad set-mpesa-credentials --setting mpesa_maximum_amount=70000 --unset mpesa_till_number

      They are stored in the database, secrets sealed under the settings key. All of them are stored, or none. What the environment,
      systemd credentials or the configuration file set counts before them.

      Exit codes: 0 stored, 1 Daraja refused them (--verify), 64 one of them cannot be used.
      """,
    aliases: ["set_mpesa_credentials"])

  @OptionGroup var options: SettingsOptions
  @OptionGroup var output: OutputOptions
  @OptionGroup var values: CredentialOptions

  @Flag(name: .long, help: "Ask for each on the terminal; secrets are not shown.")
  var interactive = false

  @Flag(name: .long, help: "Ask Daraja first whether passkey and shortcode belong together; it cannot charge anybody.")
  var verify = false

  @Option(name: .long, help: "Why, in one line, for the trail of operators.")
  var reason: String?

  func operate(_ runner: OperationRunner) async throws {
    var changes = try values.changes()
    if interactive {
      guard isatty(STDIN_FILENO) == 1 else {
        throw OperationError(
          .invalid, "--interactive needs a terminal. Without one, give the values as options and secrets as files.")
      }
      let report = try await runner.perform(InitSettings())
      changes.merge(try CredentialQuestions(report: report).ask()) { given, _ in given }
    }
    guard !changes.isEmpty || verify else {
      throw OperationError(.invalid, "Nothing to set. Give values as options, or --interactive to be asked.")
    }
    let answer = try await runner.perform(ChangeSettings(changes: changes, verify: verify, reason: reason))
    var table = TextTable(header: ["setting", "value", "source"])
    for record in answer.changed {
      table.add([
        record.name, record.value.map { record.isSecret ? "sha256:\($0)..." : $0 } ?? "", record.source,
      ])
    }
    try output.show(answer, as: table, empty: answer.verified ? nil : "Nothing was changed.")
    for warning in answer.warnings { Terminal.tell("Warning: \(warning)") }
    if answer.verified { Terminal.tell("Daraja takes passkey and shortcode together.") }
    if !answer.missing.isEmpty {
      Terminal.tell(
        "Still missing before prompts can be sent: \(answer.missing.map(\.name).joined(separator: ", ")).")
    }
  }
}
