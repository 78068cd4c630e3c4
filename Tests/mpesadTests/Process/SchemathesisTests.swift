import Foundation
import Testing

@testable import mpesad

/// The API's description is held against the running daemon by schemathesis, which makes up requests from it, right ones and wrong ones.
@Suite("The API's description and the daemon", .serialized) struct SchemathesisTests {
  static let program = ProcessInfo.processInfo.environment["SCHEMATHESIS"] ?? Requirement.executable("schemathesis")
  /// Requests to each operation in each phase that makes them up.
  static let examples = 120
  /// The least number of requests in all.
  static let leastCases = 2_000
  /// The same requests each time; set SCHEMATHESIS_SEED for others.
  static let seed = ProcessInfo.processInfo.environment["SCHEMATHESIS_SEED"] ?? "20261125"

  @Test(
    "schemathesis finds nothing, with all checks",
    .enabled(if: Requirement.met(program != nil), "needs schemathesis: pip install schemathesis"),
    .timeLimit(.minutes(10)))
  func findsNothing() async throws {
    let program = try #require(Self.program)
    let unlimited = ["user", "phone", "address", "callback"].map { "rate_limit_\($0)_per_minute=0" }
    try await GuideHouse.run(settings: unlimited) { house in
      // What the document's examples name: order 1, paid by transaction 1.
      let payment = try await house.pay(by: GuideHouse.testPhone)
      #expect(payment == (1, 1))
      #expect(try await house.status(of: 1).status == "completed")
      let (status, output) = try Self.run(program, house)
      print("schemathesis, seed \(Self.seed):\n\(output.suffix(1_500))")
      #expect(status == 0, "\(output)")
      let cases = try #require(output.firstMatch(of: /(\d+) generated/).flatMap { Int($0.1) }, "\(output)")
      #expect(cases >= Self.leastCases)
    }
  }

  private static func run(_ program: String, _ house: GuideHouse) throws -> (status: Int32, output: String) {
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: program)
    process.currentDirectoryURL = URL(fileURLWithPath: house.stateDirectory)
    process.arguments = [
      "run", house.baseURL + "/openapi.json", "--header", "Authorization: Bearer \(house.token)", "--checks", "all",
      "--max-examples", "\(examples)", "--seed", seed, "--no-color", "--continue-on-failure", "--request-timeout", "20",
    ]
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return (process.terminationStatus, output)
  }
}
