import Foundation
import Testing

@testable import mpesad

/// The preloaded library makes the calls fail that the plan names, and no others. Seen with small programs that say what became of each call.
@Suite(
  .enabled(if: Requirement.met(FaultLibrary.compiler != nil), "there is neither clang nor cc to compile the library"))
struct FaultLibraryTests {
  private static let write = FaultSite(call: .write, file: .spool)

  @Test func aFaultBeginsWithItsOccurrenceAndEndsAfterItsNumber() async throws {
    try await Self.withControl { control, _ in
      control.switchOn(FaultPlan(site: Self.write, kind: .error(EIO), first: 2, times: 2))
      try await Self.expect("wwwww", control, says: "8 -5 -5 8 8")
      #expect(control.injected() == 2)
    }
  }

  @Test func aFaultForEverHoldsForTheNextProcessUntilItIsSwitchedOff() async throws {
    try await Self.withControl { control, _ in
      control.switchOn(FaultPlan(site: Self.write, kind: .error(ENOSPC)))
      try await Self.expect("ww", control, says: "-28 -28")
      try await Self.expect("w", control, says: "-28")
      control.switchOff()
      try await Self.expect("w", control, says: "8")
      #expect(control.begun == 3)
    }
  }

  @Test func aShortWriteDoesHalfAndSaysSo() async throws {
    try await Self.withControl { control, file in
      control.switchOn(FaultPlan(site: Self.write, kind: .short, times: 1))
      try await Self.expect("ww", control, says: "4 8")
      let written = try Data(contentsOf: URL(fileURLWithPath: file)).count
      #expect(written == 12)
    }
  }

  @Test func aShortWriteCanBeTheEndOfTheDisk() async throws {
    try await Self.withControl { control, _ in
      control.switchOn(FaultPlan(site: Self.write, kind: .shortThenFull, times: 3))
      try await Self.expect("wwww", control, says: "4 -28 -28 8")
    }
  }

  @Test func theProcessIsKilledBeforeTheCallOrAfterIt() async throws {
    for (kind, length) in [(FaultKind.killBefore, 8), (.killAfter, 16)] {
      try await Self.withControl { control, file in
        control.switchOn(FaultPlan(site: Self.write, kind: kind, first: 2, times: 1))
        try await Self.expect("www", control, says: "ended with -9")
        let written = try Data(contentsOf: URL(fileURLWithPath: file)).count
        #expect(written == length, "\(kind)")
      }
    }
  }

  @Test(arguments: FaultCall.allCases) func eachCallIsCountedAndFails(call: FaultCall) async throws {
    let letters: [FaultCall: String] = [
      .open: "o", .write: "w", .pwrite: "p", .writev: "v", .fsync: "s", .fdatasync: "d", .ftruncate: "t",
      .fallocate: "a", .rename: "r", .unlink: "u",
    ]
    let letter = try #require(letters[call])
    let site = FaultSite(call: call, file: .spool)
    try await Self.withControl { control, _ in
      let before = control.counts[site, default: 0]
      let well = try await Self.say(letter, control)
      #expect(!well.contains("-"), "\(call) fails without a fault: \(well)")
      #expect(control.counts[site, default: 0] > before)
      // The program's own first open is not what is looked at.
      control.switchOn(FaultPlan(site: site, kind: .error(EIO), first: call == .open ? 2 : 1))
      try await Self.expect(letter, control, says: "-5")
      control.switchOn(FaultPlan(site: FaultSite(call: call, file: .log), kind: .error(EIO)))
      try await Self.expect(letter, control, says: well)
    }
  }

  @Test func aPowerCutLeavesWhatWasSyncedAndNothingElse() async throws {
    let sync = FaultSite(call: .fdatasync, file: .spool)
    try await Self.withControl { control, file in
      _ = try await Self.say("Pd", control, byte: "a")
      _ = try await Self.say("P", control, byte: "b")
      let pages1 = try control.cutPower()
      #expect(pages1 == 1)
      try Self.expect(file, holds: "aaaaaaaa", "what was not synced is gone")

      control.switchOn(FaultPlan(site: sync, kind: .error(EIO), times: 1))
      #expect(
        try await Self.say("Pdd", control, byte: "c") == "8 -5 0", "after a failed sync the kernel calls the page clean"
      )
      try Self.expect(file, holds: "cccccccc", "until then it can be read")
      let pages2 = try control.cutPower()
      #expect(pages2 == 1)
      try Self.expect(file, holds: "aaaaaaaa", "a later sync that succeeds has not written it")

      control.switchOn(FaultPlan(site: sync, kind: .error(EIO), times: 1))
      _ = try await Self.say("PdPd", control, byte: "e")
      let pages3 = try control.cutPower()
      #expect(pages3 == 0)
      try Self.expect(file, holds: "eeeeeeee", "what was written again and synced is there")
    }
  }

  private static func withControl(_ body: (FaultControl, _ spool: String) async throws -> Void) async throws {
    let workspace = try Workspace()
    defer { workspace.remove() }
    let state = workspace.path + "/state"
    try FileManager.default.createDirectory(atPath: state, withIntermediateDirectories: true)
    let control = try FaultControl(
      path: workspace.path + "/control", directory: state, spoolName: FaultFile.spool.name)
    try await body(control, state + "/" + FaultFile.spool.name)
  }

  private static func expect(
    _ letters: String, _ control: FaultControl, byte: String = "x", says expected: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    let said = try await say(letters, control, byte: byte)
    #expect(said == expected, sourceLocation: sourceLocation)
  }

  private static func expect(
    _ file: String, holds expected: String, _ why: Comment, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let content = String(decoding: try Data(contentsOf: URL(fileURLWithPath: file)), as: UTF8.self)
    #expect(content == expected, why, sourceLocation: sourceLocation)
  }

  private static let calls = Result { try FaultLibrary.compile(["Probe/probe.c"], to: "probe", []) }

  /// Runs a program that makes one call for each letter on the spool's file, and says the result or the negated errno of each.
  private static func say(_ letters: String, _ control: FaultControl, byte: String = "x") async throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try calls.get())
    process.arguments = [control.directory + "/" + FaultFile.spool.name, letters, byte]
    process.environment = control.environment(library: try FaultLibrary.path())
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let said = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationReason == .exit else { return "ended with -\(process.terminationStatus)" }
    return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
