import ArgumentParser
import Foundation
import Gateway
import Reconciliation

/// Makes a token for trying things out.
struct IssueToken: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "issue-token",
    abstract: "Print an access token for development, signed with this installation's key.",
    aliases: ["issue_token"])

  @OptionGroup var options: SettingsOptions

  @Option(name: .long, help: "The user_id in the token.")
  var user = "1"

  @Flag(name: .long, help: "Give it the claim that jwt_staff_claim names, which sees everybody's payments.")
  var staff = false

  @Option(name: .long, help: "How long it is valid, in seconds, up to a day.")
  var seconds = 3_600

  func validate() throws {
    guard (1...86_400).contains(seconds) else { throw ValidationError("--seconds must be from 1 to 86400.") }
    guard !user.isEmpty else { throw ValidationError("--user must not be empty.") }
  }

  func run() async throws {
    do {
      let settings = try await options.settings()
      let access = try await AccessKeys(settings)
      guard !staff || access.policy.staffClaim != nil else { throw DaemonError.noStaffClaim }
      let issuer = try await access.issuer(now: Timing.system.now)
      print(try await issuer.token(user: user, lifetime: .seconds(seconds), staff: staff))
    } catch {
      throw ExitStatus.report(error)
    }
  }
}
