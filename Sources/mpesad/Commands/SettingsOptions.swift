import ArgumentParser
import Foundation

/// The flags that every command with settings takes.
struct SettingsOptions: ParsableArguments {
  @Option(
    name: .long, help: "The configuration file (YAML). Config/mpesad.yaml documents every setting.",
    transform: AbsolutePath.argument)
  var config: String?

  @Option(name: .long, help: "Where to listen, such as 127.0.0.1:8080.")
  var listen: String?

  @Option(name: .long, help: "The state directory.", transform: AbsolutePath.argument)
  var state: String?

  @Option(
    name: .customLong("set"), help: "Any other setting, such as workers=8. Not for secrets: others can read arguments.")
  var assignments: [String] = []

  @Option(name: .long, help: "trace, debug, info, notice, warning, error or critical.")
  var logLevel: String?

  @Option(name: .long, help: "text or json: how log lines are written off the journal.")
  var logFormat: String?

  func validate() throws {
    for assignment in assignments {
      guard let (setting, _) = Self.parse(assignment) else {
        throw ValidationError("--set takes name=value with the name of a setting; \(assignment.prefix(40)) is none.")
      }
      guard !setting.isSecret else {
        throw ValidationError(
          "--set is not for secrets: every user of this machine can read arguments. Use \(setting.environmentVariable)."
        )
      }
    }
  }

  private static func parse(_ assignment: String) -> (Setting, String)? {
    let parts = assignment.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let setting = Setting(rawValue: String(parts[0])) else { return nil }
    return (setting, String(parts[1]))
  }

  /// Reads and checks all settings, from flags, environment, credentials and file. What is wrong with the merchant's is left out and kept as a
  /// fault: what does not need it works all the same.
  func settings() async throws -> Settings { try Settings(leavingOutFaultsOf: try await places.source()) }

  /// Where the settings are: flags, environment, credentials and file.
  var places: SettingsPlaces {
    var flags = Dictionary(assignments.compactMap(Self.parse), uniquingKeysWith: { $1 })
    if let listen { flags[.listen] = listen }
    if let state { flags[.stateDirectory] = state }
    if let logLevel { flags[.logLevel] = logLevel }
    if let logFormat { flags[.logFormat] = logFormat }
    return SettingsPlaces(file: config, environment: ProcessInfo.processInfo.environment, flags: flags)
  }
}
