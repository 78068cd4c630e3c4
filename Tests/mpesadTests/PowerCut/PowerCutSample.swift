/// Moments at which the power goes, and what the disk makes of it.
struct PowerCutSample {
  struct Cut {
    /// The events before this index have happened.
    let moment: Int
    let variant: DiskImage.Variant
  }

  /// In the order of the trace.
  let cuts: [Cut]

  /// Half of the moments are those at which an answer begins to leave, of which a third are answers out of the spool; a quarter lie
  /// anywhere between one answer and the next; a quarter anywhere in the trace, where starts, checkpoints and the stop have their weight.
  init(_ count: Int, of recording: PowerCutRecording, using random: inout some RandomNumberGenerator) {
    let answers = recording.acknowledgements
    let spooled = answers.indices.filter { answers[$0].isSpooled }
    var cuts: [Cut] = []
    for index in 0..<count {
      let variant = DiskImage.Variant.allCases[index % DiskImage.Variant.allCases.count]
      let answer =
        (Int.random(in: 0..<3, using: &random) == 0 ? spooled.randomElement(using: &random) : nil)
        ?? answers.indices.randomElement(using: &random) ?? 0
      let next = answer + 1 < answers.count ? answers[answer + 1].event : recording.events.count
      let moment =
        switch Int.random(in: 0..<4, using: &random) {
        case 0: Int.random(in: 0...recording.events.count, using: &random)
        case 1: Int.random(in: answers[answer].event + 1...next, using: &random)
        default: answers[answer].event + 1
        }
      cuts.append(Cut(moment: moment, variant: variant))
    }
    self.cuts = cuts.sorted { $0.moment < $1.moment }
  }

  /// Right after each of these answers began to leave, with nothing but what was synced.
  init(after answers: [PowerCutRecording.Acknowledgement]) {
    cuts = answers.map { Cut(moment: $0.event + 1, variant: .syncedOnly) }
  }
}
