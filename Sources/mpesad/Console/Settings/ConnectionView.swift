import Foundation

/// What the page of the test of the way to Daraja shows.
struct ConnectionView: Sendable {
  struct Step: Sendable, Encodable {
    var step: String
    var title: String
    var outcome: String
    var mood: String
    var detail: String
    var advice: String
    var took: String
  }

  var steps: [Step]
  /// How it went, in a sentence; nil before it was tried.
  var summary: String?

  /// - Parameter lines: how the steps went; nil before they are tried.
  init(_ lines: [ConnectionRun.Line]?) {
    steps = ConnectionStep.allCases.map { step in
      lines?.first { $0.step == step }.map { Step($0) }
        ?? Step(
          step: step.rawValue, title: step.shown, outcome: "not tried", mood: "", detail: "", advice: "", took: "")
    }
    summary = lines.map(Self.summary)
  }

  static func summary(_ lines: [ConnectionRun.Line]) -> String {
    let failed = lines.count { $0.outcome == .failed }
    let warned = lines.count { $0.outcome == .warned }
    if failed > 0 { return "\(failed) of \(lines.count) steps failed. What to do stands beneath each." }
    return warned > 0 ? "The way is open, with something to look at." : "The way to Safaricom is open."
  }
}

extension ConnectionView.Step {
  init(_ line: ConnectionRun.Line) {
    self.init(
      step: line.step.rawValue, title: line.step.shown, outcome: line.outcome.rawValue,
      mood: line.outcome == .warned ? "warning" : line.outcome.rawValue, detail: PlainText.line(line.detail),
      advice: PlainText.line(line.advice ?? ""), took: "\(line.milliseconds) ms")
  }
}

extension ConnectionStep {
  fileprivate var shown: String { title.prefix(1).uppercased() + title.dropFirst() }
}
