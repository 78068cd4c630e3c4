import Foundation

/// Goes through a recording once, makes an image at each moment of a sample, and has the real daemon open it. Two run at once.
struct PowerCutRun {
  struct Verdict {
    let cut: PowerCutSample.Cut
    /// Callbacks that had been acknowledged.
    let acknowledged: Int
    let check: PowerCutCheck
    /// Where the image was left, when something is wrong with it.
    let kept: String?
  }

  private(set) var verdicts: [Verdict] = []
  private(set) var duration: Duration = .zero

  /// The median of what the images took.
  func median(_ measure: KeyPath<PowerCutCheck, Duration>) -> Duration {
    verdicts.map { $0.check[keyPath: measure] }.sorted().dropFirst(verdicts.count / 2).first ?? .zero
  }

  var broken: [Verdict] { verdicts.filter { !$0.check.faults.isEmpty } }

  /// - Parameters:
  ///   - dropping: syncs of files whose names end like this are taken for nothing.
  ///   - keeping: a directory where images that break stay.
  init(
    _ sample: PowerCutSample, of recording: PowerCutRecording, in directory: String, dropping: Set<String> = [],
    keeping: String? = nil, using random: inout some RandomNumberGenerator
  ) async throws {
    let begun = ContinuousClock.now
    var model = DiskModel(recording.start)
    model.unsyncedSuffixes = dropping
    var applied = 0
    var answers = recording.acknowledgements[...]
    var acknowledged: Set<Int64> = []
    try await withThrowingTaskGroup(of: Verdict.self) { group in
      for (number, cut) in sample.cuts.enumerated() {
        while applied < cut.moment {
          model.apply(recording.events[applied])
          applied += 1
        }
        while let answer = answers.first, answer.event < cut.moment {
          acknowledged.insert(answer.transaction)
          answers.removeFirst()
        }
        let image = DiskImage(model, cut.variant, using: &random)
        if number >= 2, let verdict = try await group.next() { verdicts.append(verdict) }
        let place = "\(directory)/image-\(number)"
        group.addTask { [acknowledged] in
          try image.write(from: recording.root, to: place)
          defer { try? FileManager.default.removeItem(atPath: place) }
          let check = try await PowerCutCheck(state: place, acknowledged: acknowledged)
          let kept = check.faults.isEmpty ? nil : keeping.map { "\($0)/image-\(number)" }
          if let kept { try image.write(from: recording.root, to: kept) }
          return Verdict(cut: cut, acknowledged: acknowledged.count, check: check, kept: kept)
        }
      }
      for try await verdict in group { verdicts.append(verdict) }
    }
    duration = ContinuousClock.now - begun
  }
}
