import ArgumentParser
import Foundation

/// Prints a one-time link into the operator's console.
struct ConsoleLinkCommand: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "console-link",
    abstract: "Print a link that lets one person into the operator's console, once.",
    discussion: """
        mpesad console-link
        mpesad console-link --role read-only --address https://pay.example.co.ke

      The link is good for 10 minutes and for one sign-in. What proves it stands behind the #, so that no server's log has it. It leads to
      mpesa_checkout_url, or else the host of mpesa_callback_url, or else to where the daemon listens. Where a proxy does not pass /console/ on,
      as is wise, a tunnel does: ssh -L 8080:127.0.0.1:8080 HOST. The console must be open:
      mpesad set-mpesa-credentials --setting mpesa_console=open.
      """)

  @OptionGroup var options: SettingsOptions
  @Option(help: "What its user may do: operator, or read-only.")
  var role: ConsoleRole = .operator
  @Option(help: "The public address that the console is reached at, such as https://pay.example.co.ke.")
  var address: String?

  func operate(_ runner: OperationRunner) async throws {
    guard let link = try await runner.performInDaemon(MakeConsoleLink(role: role)) else {
      throw OperationError(
        .unavailable,
        "No daemon answers for \(runner.settings.stateDirectory). Name its state directory with --state, or start it.")
    }
    var base = address
    if let address {
      guard let read = SettingText.baseAddress(address) else {
        throw OperationError(.invalid, "--address must be an absolute http or https address without \"?\" and \"#\".")
      }
      base = read
    }
    print(link.text(at: base))
    Terminal.tell(link.directions(from: ProcessInfo.processInfo.hostName))
  }
}

extension ConsoleRole: ExpressibleByArgument {}
