import Foundation
import Testing

@testable import mpesad

/// The power goes at any moment: whatever a disk may hold then, the daemon finds in it every callback that it had acknowledged.
///
/// `MPESAD_POWER_CUTS=3000 swift test --skip-build --filter PowerCutImageTests` is the long form. `TEST_SEED` repeats what was drawn, over
/// a recording that differs from run to run; an image that breaks is left in `.build/power-cuts`.
@Suite(.serialized) struct PowerCutImageTests {
  static let count = ProcessInfo.processInfo.environment["MPESAD_POWER_CUTS"].flatMap(Int.init) ?? 200

  @Test(
    .enabled(
      if: Requirement.met(Requirement.isRoot && Requirement.strace != nil),
      "strace is not installed, or mounting a small file system needs root"))
  func everyAcknowledgedCallbackIsInEveryImage() async throws {
    let seed = SeededGenerator.seed()
    var random = SeededGenerator(seed: seed)
    let workspace = try Workspace()
    defer { workspace.remove() }
    let begun = ContinuousClock.now
    let recording = try await PowerCutRecording(in: workspace)
    let answers = recording.acknowledgements
    let spooled = answers.filter(\.isSpooled)
    print(
      "power cuts, TEST_SEED=\(seed): \(answers.count) acknowledged, \(spooled.count) of them out of the spool,",
      "\(recording.checkpoints) checkpoints, the log was begun \(recording.logsBegun) times,",
      "\(recording.events.count) events in \(recording.traced >> 20) MiB of trace, recorded in \(ContinuousClock.now - begun)"
    )
    #expect(spooled.count > 10, "the spool was not used")
    #expect(recording.checkpoints >= 8, "there are too few checkpoints in it")
    #expect(recording.logsBegun >= 6, "the log was begun anew too seldom")

    // Images stand in memory: what a disk keeps was decided before they are opened, and its syncs would take most of the time.
    let images = workspace.path + "/images"
    try FileManager.default.createDirectory(atPath: images, withIntermediateDirectories: true)
    try FullDiskTests.run("/bin/mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", images)
    defer { try? FullDiskTests.run("/bin/umount", "-l", images) }
    let kept = FileManager.default.currentDirectoryPath + "/.build/power-cuts/\(seed)"
    let sample = PowerCutSample(Self.count, of: recording, using: &random)
    let run = try await PowerCutRun(sample, of: recording, in: images, keeping: kept, using: &random)
    print(
      "power cuts, TEST_SEED=\(seed): \(run.verdicts.count) images in \(run.duration), \(run.broken.count) broken;",
      "median \(run.median(\.whole)) each, of which \(run.median(\.start)) until ready;",
      DiskImage.Variant.allCases.map { variant in
        "\(variant.rawValue) \(run.verdicts.count { $0.cut.variant == variant })"
      }.joined(separator: ", "))
    for verdict in run.broken {
      Issue.record(
        """
        TEST_SEED=\(seed), after event \(verdict.cut.moment), \(verdict.cut.variant.rawValue), \(verdict.acknowledged) acknowledged, \
        image in \(verdict.kept ?? "-"): \(verdict.check.faults.joined(separator: "; "))
        """)
    }

    // The control: what a program that forgot these syncs would lose. If it loses nothing, this test sees nothing.
    for (name, suffix, answers) in [
      ("the log", "mpesad.db-wal", answers.filter { !$0.isSpooled }), ("the spool", ".spool", spooled),
    ] {
      let chosen = Array(answers.shuffled(using: &random).prefix(4)).sorted { $0.event < $1.event }
      let control = try await PowerCutRun(
        PowerCutSample(after: chosen), of: recording, in: images, dropping: [suffix], using: &random)
      let lost = control.verdicts.map(\.check.missing)
      print(
        "power cuts, control without the syncs of \(name): \(lost) acknowledged callbacks lost in \(lost.count) images")
      #expect(lost.contains { $0 > 0 }, "without the syncs of \(name) nothing is lost: the images show nothing")
    }
  }
}

extension PowerCutRecording {
  /// How often the database was synced.
  var checkpoints: Int {
    events.count { event in
      guard case .begun(_, .sync(let path)) = event else { return false }
      return path.hasSuffix("/mpesad.db")
    }
  }

  /// How often the log's header was written.
  var logsBegun: Int {
    events.count { event in
      guard case .begun(_, .write(let path, _, 0, _)) = event else { return false }
      return path.hasSuffix("/mpesad.db-wal")
    }
  }
}
