/// What stands between this host and a payment, in the order in which it is tried.
enum ConnectionStep: String, Codable, CaseIterable, Sendable {
  case dns, tcp, tls, token, clock, account, callback

  /// As people read it.
  var title: String {
    switch self {
    case .dns: "DNS"
    case .tcp: "TCP"
    case .tls: "TLS"
    case .token: "access token"
    case .clock: "clock"
    case .account: "passkey and shortcode"
    case .callback: "callback URL"
    }
  }

  /// Whether the steps to Daraja after it make no sense once it failed.
  var isNeeded: Bool {
    switch self {
    case .dns, .tcp, .tls, .token: true
    case .clock, .account, .callback: false
    }
  }

  /// Whether it talks to Daraja, so that it waits for the steps before.
  var needsDaraja: Bool { self != .callback }
}

/// How a step went.
struct StepResult: Codable, Hashable, Sendable {
  enum Outcome: String, Codable, Sendable, CaseIterable {
    case passed, warned, failed
    /// Not tried, or nothing to try.
    case skipped
  }

  var outcome: Outcome
  /// What was found.
  var detail: String
  /// What to do about it.
  var advice: String?

  static func passed(_ detail: String) -> StepResult { StepResult(outcome: .passed, detail: detail) }
  static func skipped(_ detail: String) -> StepResult { StepResult(outcome: .skipped, detail: detail) }
  static func warned(_ detail: String, _ advice: String) -> StepResult {
    StepResult(outcome: .warned, detail: detail, advice: advice)
  }
  static func failed(_ detail: String, _ advice: String) -> StepResult {
    StepResult(outcome: .failed, detail: detail, advice: advice)
  }
}
