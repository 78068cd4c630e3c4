import ArgumentParser
import Store

/// The command line.
@main
struct Mpesad: AsyncParsableCommand {
  /// Which mpesad this is.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "mpesad",
    abstract: "Takes M-Pesa payments and loses none: durable callbacks, settled once, every one explained.",
    version: "\(version)\n\(LinkedSQLite.summary)",
    subcommands: [
      Serve.self,
      ReloadCommand.self,
      Migrate.self,
      BackupCommand.self,
      RestoreCommand.self,
      CheckCommand.self,
      InitSettingsCommand.self,
      SetCredentialsCommand.self,
      TestConnectionCommand.self,
      Orders.self,
      Transactions.self,
      Explain.self,
      Inbox.self,
      Deliveries.self,
      VerifyWebhook.self,
      SourcesCommand.self,
      IssueToken.self,
      ConsoleLinkCommand.self,
      Demo.self,
      Bench.self,
      SimulatorCommand.self,
      Completions.self,
    ])
}
