import ArgumentParser
import Foundation
import ServiceLifecycle

/// Plays every story of a payment.
struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Take payments through every story of a shopper and of Safaricom, on this machine, and show what became of each.",
    discussion: """
      Starts the Daraja simulator and the real daemon on loopback, with a database in a temporary directory, and shops there over HTTP.
      Nothing leaves this machine. Exit codes: 0 when each story ended as it must, 1 when one did not or the demo was interrupted.
      """)

  @Option(
    name: .long,
    help:
      "How fast life runs: every wait is multiplied by it, from \(DemoPace.range.lowerBound) to \(Int(DemoPace.range.upperBound))."
  )
  var pace = DemoPace.standard

  @Flag(name: .long, help: "Keep simulator and daemon running afterwards, and print what to try with curl.")
  var keep = false

  @Flag(
    name: .long, help: "Print the rows as JSON instead of a table; differences is empty where a story ended as it must."
  )
  var json = false

  func validate() throws {
    guard DemoPace.range.contains(pace) else {
      throw ValidationError("--pace must be from \(DemoPace.range.lowerBound) to \(DemoPace.range.upperBound).")
    }
  }

  func run() async throws {
    do {
      let state = try TemporaryState.make()
      defer { if !keep { TemporaryState.remove(state) } }
      let environment = ProcessInfo.processInfo.environment
      let paint = Paint(for: STDERR_FILENO, environment: environment)
      let demo = DemoRun(
        pace: DemoPace(factor: pace), progress: DemoProgress(paint: paint, write: Self.tell),
        signals: [.sigterm, .sigint]
      ) { house, report in
        try await show(report, Paint(for: STDOUT_FILENO, environment: environment))
        if keep { try await stay(house, report) }
      }
      let report = try await demo.run(in: state)
      if !report.passed { throw ExitCode(1) }
    } catch let code as ExitCode {
      throw code
    } catch DemoError.interrupted {
      Self.tell("mpesad: \(DemoError.interrupted)")
      throw ExitCode(1)
    } catch {
      throw ExitStatus.report(error)
    }
  }

  private func show(_ report: DemoReport, _ paint: Paint) async throws {
    // With --json standard output is for programs, and people read the rest on standard error.
    let toPeople = json ? Self.tell : Self.say
    Self.say(json ? try report.json() : "\n" + report.table(paint) + "\n")
    if !report.passed { toPeople(paint(.red, report.explanation) + "\n") }
    toPeople(report.summary(kept: keep))
  }

  private func stay(_ house: DemoHouse, _ report: DemoReport) async throws {
    Self.tell("\n" + CurlLines(house: house, report: report, token: try await house.token()).text)
    try? await gracefulShutdown()
    Self.tell("Stopping. The state directory stays: \(house.stateDirectory)")
  }

  private static func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }
  private static func tell(_ line: String) { FileHandle.standardError.write(Data((line + "\n").utf8)) }
}
