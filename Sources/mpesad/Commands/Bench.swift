import ArgumentParser
import Foundation

/// Measures durable ingest on the user's own disk.
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how many callbacks a second become durable, settled payments on this machine and disk.",
    discussion: """
      Seeds pending transactions, starts the real server on loopback over a real database with synchronous=FULL, posts one success for
      each at its own address, and waits until the last one is settled. Then the database is closed, opened again and counted.
      Fails (exit code 1) if an acknowledged callback is missing or not settled.
      """)

  @Option(name: .long, help: "Keep-alive connections that post at the same time.")
  var connections = 64

  @Option(name: .long, help: "Seconds to post for.")
  var duration = 10.0

  @Option(name: .long, help: "Callbacks a second in all; without it, as many as the server takes.")
  var rate: Double?

  @Option(
    name: .long,
    help:
      "Directory on the disk to measure; a new directory inside it is used and removed. Default: the temporary directory.",
    transform: AbsolutePath.argument)
  var state: String?

  @Option(name: .long, help: "Most callbacks to post; as many transactions are seeded.")
  var most: Int?

  @Flag(name: .long, help: "Print one line of JSON.")
  var json = false

  func validate() throws {
    guard (1...1_000).contains(connections) else { throw ValidationError("--connections must be from 1 to 1000.") }
    guard duration > 0, duration <= 3_600 else { throw ValidationError("--duration must be above 0 and at most 3600.") }
    guard (rate ?? 1) > 0, (rate ?? 1) <= 1e6 else { throw ValidationError("--rate must be above 0.") }
    guard (1...5_000_000).contains(most ?? 1) else { throw ValidationError("--most must be from 1 to 5000000.") }
  }

  func run() async throws {
    do {
      let ground = state ?? AbsolutePath.of(NSTemporaryDirectory())
      let plan = BenchRun(
        ground: ground, connections: connections, seconds: duration, rate: rate, most: most,
        progress: { line in FileHandle.standardError.write(Data((line + "\n").utf8)) })
      let report = try await plan.run()
      print(json ? try report.json() : report.text)
      if !report.passed { throw ExitCode(1) }
    } catch let code as ExitCode {
      throw code
    } catch {
      throw ExitStatus.report(error)
    }
  }
}
