/// The way to Daraja, tried from its beginning to its end.
struct ConnectionRun: Sendable {
  /// No step begins after so long; each has a deadline of its own.
  static let deadline = Duration.seconds(45)

  /// How one step went.
  struct Line: Codable, Hashable, Sendable {
    var step: ConnectionStep
    var outcome: StepResult.Outcome
    var detail: String
    var advice: String?
    var milliseconds: Int
  }

  /// Tries a step.
  let attempt: @Sendable (ConnectionStep) async throws -> StepResult

  /// Tries all steps; what makes no sense any more is passed over.
  /// - Parameter tell: told of each step as it ends. Where it throws, nothing more is tried.
  func perform(_ tell: (Line) async throws -> Void) async throws {
    let begin = ContinuousClock.now
    var isCutOff = false
    for step in ConnectionStep.allCases {
      let start = ContinuousClock.now
      let result: StepResult =
        if isCutOff, step.needsDaraja {
          .skipped("not tried, since a step before it failed")
        } else if start - begin > Self.deadline {
          .skipped("not tried, since the steps before it took too long")
        } else {
          try await attempt(step)
        }
      if result.outcome == .failed, step.isNeeded { isCutOff = true }
      try await tell(
        Line(
          step: step, outcome: result.outcome, detail: result.detail, advice: result.advice,
          milliseconds: Int((ContinuousClock.now - start) / .milliseconds(1))))
    }
  }
}
