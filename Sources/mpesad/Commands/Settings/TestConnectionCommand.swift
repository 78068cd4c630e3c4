import ArgumentParser
import Foundation

struct TestConnectionCommand: OperatorCommand {
  static let configuration = CommandConfiguration(
    commandName: "test-mpesa-connection",
    abstract: "Try the way to Daraja step by step. Nobody can be charged by it.",
    discussion: """
      mpesad test-mpesa-connection

      DNS, TCP, TLS, access token, clock, passkey with shortcode (by asking about a payment that cannot exist), and the form of the
      callback URL. Where a daemon runs it is done there, with the access token in use: a second one would kill it.

      Exit codes: 0 every step passed, 1 one failed.
      """,
    aliases: ["test_mpesa_connection"])

  @OptionGroup var options: SettingsOptions

  @Flag(name: .long, help: "Print one JSON value instead of a line for each step.")
  var json = false

  func operate(_ runner: OperationRunner) async throws {
    let paint = Paint(for: STDOUT_FILENO, environment: ProcessInfo.processInfo.environment)
    var lines: [ConnectionRun.Line] = []
    try await ConnectionRun { try await runner.perform(TestConnectionStep(step: $0)) }.perform { line in
      lines.append(line)
      if !json { try Terminal.say(Self.text(line, paint)) }
    }
    if json { try Terminal.say(OutputOptions.json(lines)) }
    if lines.contains(where: { $0.outcome == .failed }) { throw ExitStatus.no }
  }

  /// A step as a line for people, with what to do about it on the next one.
  static func text(_ line: ConnectionRun.Line, _ paint: Paint) -> String {
    let mark =
      switch line.outcome {
      case .passed: paint(.green, "✓")
      case .warned: paint(.yellow, "!")
      case .failed: paint(.red, "✗")
      case .skipped: paint(.dim, "-")
      }
    let head = "\(mark) \(line.step.title.padding(toLength: 21, withPad: " ", startingAt: 0)) "
    let time = "\(line.milliseconds) ms"
    let padded = String(repeating: " ", count: max(8 - time.count, 0)) + time
    let advice = line.advice.map { "\n  \(PlainText.line($0))" } ?? ""
    return head + padded + "  " + PlainText.line(line.detail) + advice
  }
}
