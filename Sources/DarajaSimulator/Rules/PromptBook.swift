/// The pushes that a query can still ask about, and the phones that have a prompt on their screen.
struct PromptBook: Sendable {
  struct Prompt: Sendable {
    var push: Push
    var script: Script
    /// Simulated time since the start.
    var acceptedAt: Duration
    var history = QueryPlan.History()
  }

  private var prompts: [String: Prompt] = [:]
  private var oldestFirst: [String] = []
  private var freeAt: [String: Duration] = [:]
  private(set) var playing: Set<String> = []
  private let remembered: Int

  init(remembered: Int = SimulatorLimits.rememberedPrompts) {
    self.remembered = remembered
  }

  func isLocked(phone: String, now: Duration) -> Bool { freeAt[phone].map { now < $0 } ?? false }

  func knows(_ checkoutRequestID: String) -> Bool { prompts[checkoutRequestID] != nil }

  mutating func open(_ prompt: Prompt) {
    let id = prompt.push.checkoutRequestID
    prompts[id] = prompt
    oldestFirst.append(id)
    playing.insert(id)
    freeAt[prompt.push.phone] = prompt.acceptedAt + prompt.script.promptEnds
    if oldestFirst.count > remembered { forgetOldest(now: prompt.acceptedAt) }
  }

  /// All callbacks of the prompt were made.
  mutating func finish(_ checkoutRequestID: String) { playing.remove(checkoutRequestID) }

  /// - Parameter now: simulated time since the start.
  mutating func answer(about checkoutRequestID: String, now: Duration) -> (answer: QueryPlan.Answer, prompt: Prompt)? {
    guard var prompt = prompts[checkoutRequestID] else { return nil }
    let answer = prompt.script.queries.answer(at: now - prompt.acceptedAt, after: prompt.history)
    prompt.history.note(answer)
    prompts[checkoutRequestID] = prompt
    return (answer, prompt)
  }

  private mutating func forgetOldest(now: Duration) {
    let id = oldestFirst.removeFirst()
    guard let prompt = prompts.removeValue(forKey: id) else { return }
    if !isLocked(phone: prompt.push.phone, now: now) { freeAt[prompt.push.phone] = nil }
  }
}
