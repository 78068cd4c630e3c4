import ArgumentParser

/// The time that a list is about.
struct SpanOptions: ParsableArguments {
  @Option(name: .long, help: "Only what came or began then or later: \(Moment.forms).")
  var since: String?

  @Option(name: .long, help: "Only what came or began before then.")
  var until: String?

  /// - Throws: `ValidationError` for what is no time.
  func moments() throws -> (since: Moment?, until: Moment?) {
    (try .option("since", since), try .option("until", until))
  }
}
