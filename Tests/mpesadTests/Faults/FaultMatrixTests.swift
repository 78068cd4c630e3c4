import Foundation
import Testing

@testable import mpesad

/// No fault at any call on any of our files loses an acknowledged callback, settles one twice, damages the database, or needs a person.
///
/// A sample by default, with a seed that MPESAD_FAULT_SEED repeats. `MPESAD_FAULTS=all swift test --skip-build --filter FaultMatrixTests` runs
/// everything; any other value of MPESAD_FAULTS runs the scenarios whose description contains it.
@Suite(
  .enabled(if: Requirement.met(FaultLibrary.compiler != nil), "there is neither clang nor cc to compile the library"),
  .serialized)
struct FaultMatrixTests {
  private static let wanted = ProcessInfo.processInfo.environment["MPESAD_FAULTS"]
  /// How long a sample may go on, and how many scenarios it has at least.
  private static let budget = Duration.seconds(150)
  private static let least = 40

  @Test(arguments: FaultMoment.allCases)
  func theSitesAreThoseOfTheTable(moment: FaultMoment) async throws {
    var found: Set<FaultSite> = []
    let known = FaultSites.table[moment] ?? []
    var recordings = 0
    // What depends on timing, such as a checkpoint, may be missed by one recording on a busy machine.
    repeat {
      found.formUnion(try await FaultRun.sites(at: moment))
      recordings += 1
    } while recordings < 2 || (recordings < 6 && !known.subtracting(FaultSites.sometimes).isSubset(of: found))
    func line(_ sites: Set<FaultSite>) -> String { sites.map(\.description).sorted().joined(separator: ", ") }
    let appeared = line(found.subtracting(known).subtracting(FaultSites.sometimes))
    let vanished = line(known.subtracting(found).subtracting(FaultSites.sometimes))
    #expect(appeared + vanished == "", "New: [\(appeared)], gone: [\(vanished)]. \(moment): \(line(found))")
  }

  @Test func noFaultLosesAnything() async throws {
    let all = FaultMatrix.scenarios(for: FaultSites.table)
    let seed = ProcessInfo.processInfo.environment["MPESAD_FAULT_SEED"].flatMap(UInt64.init) ?? .random(in: 0...999_999)
    var generator = SeededGenerator(seed: seed)
    var scenarios = all.shuffled(using: &generator)
    if let wanted = Self.wanted {
      scenarios = wanted == "all" ? all : all.filter { $0.description.contains(wanted) }
    } else {
      print("A sample of \(all.count) scenarios: MPESAD_FAULT_SEED=\(seed) repeats it.")
    }
    let end = Self.wanted == nil ? ContinuousClock.now + Self.budget : nil
    let report = FaultReport()
    await withTaskGroup(of: Void.self) { group in
      var next = 0
      func begin() {
        guard next < scenarios.count else { return }
        if let end, next >= Self.least, ContinuousClock.now >= end { return }
        let scenario = scenarios[next]
        next += 1
        group.addTask { await Self.run(scenario, report) }
      }
      begin()
      begin()
      while await group.next() != nil { begin() }
    }
    print(report)
  }

  private static func run(_ scenario: FaultScenario, _ report: FaultReport) async {
    do {
      let outcome = try await FaultRun.outcome(of: scenario)
      report.add(scenario, outcome)
      #expect(outcome.losses == [], "\(scenario): \(outcome)\n\(outcome.said.suffix(1_500))")
    } catch {
      Issue.record("\(scenario): the harness failed: \(error)")
    }
  }
}
