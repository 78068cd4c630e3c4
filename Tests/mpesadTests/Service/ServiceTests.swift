import Foundation
import Synchronization
import Testing

/// What must be seen of the package in a real systemd with a real journal: one machine for all of it, put back before each test.
@Suite(
  .enabled(
    if: Requirement.met(PackagedService.canBeTested), "needs root, systemd, and MPESAD_DEB=$(systemd/debian/build)"),
  .machine, .countingIssues, .serialized, .timeLimit(.minutes(5)))
enum ServiceTests {}

/// Boots a machine for all tests of a suite, and installs the package there.
struct MachineTrait: SuiteTrait, TestScoping {
  func provideScope(
    for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
  ) async throws {
    try await SystemdMachine.use { machine in
      let service = try await PackagedService.installed(in: machine)
      try await PackagedService.$current.withValue(service) { try await function() }
    }
  }
}

extension Trait where Self == MachineTrait {
  static var machine: Self { MachineTrait() }
}

private let issues = Atomic(0)

extension Trait where Self == IssueHandlingTrait {
  /// Lets `PackagedService.use` know of expectations that were not met.
  static var countingIssues: Self {
    .compactMapIssues { issue in
      issues.add(1, ordering: .relaxed)
      return issue
    }
  }
}

extension PackagedService {
  @TaskLocal fileprivate static var current: PackagedService?

  static let canBeTested =
    Requirement.isRoot && Requirement.package != nil
    && FileManager.default.isExecutableFile(atPath: "/lib/systemd/systemd")

  /// Gives a test the service as it is after its installation; of a test that fails the journal is told.
  static func use(_ body: (PackagedService) async throws -> Void) async throws {
    let service = try #require(current)
    let before = issues.load(ordering: .relaxed)
    do {
      try await service.reset()
      try await body(service)
    } catch {
      Issue.record(error)
    }
    guard issues.load(ordering: .relaxed) > before else { return }
    let journal = "The journal of \(Test.current?.name ?? "a test"):\n\(try await service.latest(200))"
    FileHandle.standardError.write(Data(journal.utf8))
  }
}
