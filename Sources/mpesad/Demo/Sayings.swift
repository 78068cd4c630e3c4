import DarajaSimulator

/// What Safaricom really said about one push, in one line: from the simulator's record, not from ours.
struct Sayings {
  private enum Speaker: String { case push, stranger, callback, query }

  /// The line for these events, which are those of one phone, oldest first.
  ///
  /// Codes of one speaker stand together, repetitions are counted: `query 4999×3, 0; callback 0`. An accepted push that was answered goes
  /// without saying.
  static func line(_ events: [SimulatorEvent]) -> String {
    var speeches: [(speaker: Speaker, codes: [(code: String, times: Int)])] = []
    for event in events {
      guard let (speaker, code) = said(event) else { continue }
      if speeches.last?.speaker != speaker { speeches.append((speaker, [])) }
      let last = speeches.count - 1
      if let code = speeches[last].codes.indices.last.flatMap({ speeches[last].codes[$0].code == code ? $0 : nil }) {
        speeches[last].codes[code].times += 1
      } else {
        speeches[last].codes.append((code, 1))
      }
    }
    return speeches.map { speech in
      let codes = speech.codes.map { $0.times > 1 ? "\($0.code)×\($0.times)" : $0.code }
      return "\(speech.speaker.rawValue) \(codes.joined(separator: ", "))"
    }.joined(separator: "; ")
  }

  private static func said(_ event: SimulatorEvent) -> (Speaker, String)? {
    switch event.kind {
    case .tokenIssued, .tokenRefused: nil
    case .pushAccepted:
      event.detail.map { (.push, $0 == "connection closed without an answer" ? "unanswered" : $0) }
    case .pushRefused: (.push, event.errorCode ?? event.detail ?? "refused")
    case .queryAnswered: (.query, event.resultCode ?? event.errorCode ?? "?")
    case .queryRefused: (.query, event.errorCode ?? event.detail ?? "refused")
    case .callbackDelivered, .callbackFailed:
      (event.address == "bare" ? .stranger : .callback, (event.resultCode ?? "?") + fate(event))
    }
  }

  /// Nothing where we took it, as we always must.
  private static func fate(_ event: SimulatorEvent) -> String {
    guard event.kind == .callbackDelivered else { return " (no answer)" }
    return event.httpStatus == 200 ? "" : " (HTTP \(event.httpStatus ?? 0))"
  }
}
