import Store

/// What the page of one webhook shows.
struct WebhookView: Sendable {
  /// One attempt to deliver it.
  struct Attempt: Sendable {
    var at: ShownTime
    var took: String
    var status: String
    var mood: String
    var answer: String
  }

  var number: String
  var state: String
  var mood: String
  /// Where it stands and what comes next, in words.
  var standing: String
  var payment: String
  var facts: [ShownFact]
  var attempts: [Attempt]
  var isUntried: Bool
  /// The body; nil where retention removed it.
  var body: String?
  /// Whether the body is shown with the payer's number in it, this once.
  var isWhole: Bool

  init(_ answer: ShowWebhook.Answer, isWhole: Bool) {
    let record = answer.webhook
    number = "\(record.id)"
    state = record.state
    mood = OutboxState(rawValue: record.state)?.mood ?? ""
    standing = Self.standing(record)
    payment = "\(record.transactionID)"
    facts = Self.facts(record)
    attempts = answer.attempts.reversed().map { Attempt($0) }
    isUntried = attempts.isEmpty
    body = answer.body.map { PlainText.line($0) }
    self.isWhole = isWhole
  }

  private static func standing(_ record: WebhookRecord) -> String {
    switch OutboxState(rawValue: record.state) {
    case .waiting:
      record.nextAttemptAt.map { "Your system is told at \(ShownTime($0).text), if nothing before it waits." }
        ?? "Your system is told as soon as what stands before it is."
    case .delivered: "Your system took it."
    case .parked: "Your system did not take it for the whole schedule. It is not tried again unless you say so."
    case .unaddressed: "There was nobody to tell: no address was set in time."
    case nil: ""
    }
  }

  private static func facts(_ record: WebhookRecord) -> [ShownFact] {
    var facts = [
      ShownFact("Event", record.type),
      ShownFact(
        "About", "payment \(record.transactionID)", href: "/console/transactions/\(record.transactionID)"),
      ShownFact("Its webhook-id", record.webhookID), ShownFact("Decided", ShownTime(record.createdAt)),
      ShownFact("Attempts", "\(record.attempts)"),
    ]
    if let next = record.nextAttemptAt { facts.append(ShownFact("Next attempt", ShownTime(next))) }
    if let end = record.finishedAt { facts.append(ShownFact("Finished", ShownTime(end))) }
    if let note = record.note { facts.append(ShownFact("Note", note)) }
    return facts
  }
}

extension WebhookView.Attempt {
  init(_ attempt: WebhookAttempt) {
    let isTaken = attempt.status.map { (200..<300).contains($0) } ?? false
    self.init(
      at: ShownTime(attempt.at), took: "\(attempt.milliseconds) ms", status: attempt.status.map { "\($0)" } ?? "none",
      mood: isTaken ? "ok" : "failed", answer: PlainText.line(attempt.answer))
  }
}
