import ArgumentParser
import Foundation

/// The flags that every command with settings takes.
struct SettingsOptions: ParsableArguments {
  @Option(name: .long, help: "The configuration file (YAML). Config/mpesad.yaml documents every setting.")
  var config: String?

  @Option(name: .long, help: "Where to listen, such as 127.0.0.1:8080.")
  var listen: String?

  @Option(name: .long, help: "The state directory.")
  var state: String?

  @Option(name: .long, help: "trace, debug, info, notice, warning, error or critical.")
  var logLevel: String?

  /// Reads and checks all settings, from flags, environment and file.
  func settings() async throws -> Settings {
    var flags: [Setting: String] = [:]
    if let listen { flags[.listen] = listen }
    if let state { flags[.stateDirectory] = absolute(state) }
    if let logLevel { flags[.logLevel] = logLevel }
    let source = try await SettingsSource(
      file: config, environment: ProcessInfo.processInfo.environment, flags: flags)
    return try Settings(source)
  }

  private func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
  }
}
