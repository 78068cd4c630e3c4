/// What queries about one push say, as a function of time and of what was said before.
struct QueryPlan: Sendable, Equatable {
  struct Phase: Sendable, Equatable {
    var from: Duration
    var outcome: Outcome

    init(from: Duration, _ outcome: Outcome) {
      self.from = from
      self.outcome = outcome
    }
  }

  /// How many 4999 answers were given for this push, and how many results.
  struct History: Sendable, Equatable {
    var pending = 0
    var final = 0
  }

  enum Answer: Sendable, Equatable {
    /// HTTP 200 with 4999 and all fields.
    case pending
    /// HTTP 200 with 4999 and its text, and nothing else.
    case pendingReduced
    /// HTTP 500 with 500.001.1001, "The transaction is being processed".
    case processing
    case final(Outcome)
  }

  /// Results in order of time; before the first one the payment is pending.
  var phases: [Phase]
  /// 4999 answers that come before any result, however late the first query is.
  var pendingFirst = 0
  /// One result, then 500.001.1001 for ever.
  var noiseAfterFinal = false

  /// "A few": enough that a client which gives up after one or two is caught.
  static let extraPending = 3

  func answer(at elapsed: Duration, after history: History) -> Answer {
    if noiseAfterFinal, history.final > 0 { return .processing }
    let current = phases.last { $0.from <= elapsed }
    guard let current, history.pending >= pendingFirst else {
      // The three forms that a pending payment really takes, in turn; a 500 would end the promised row of 4999s early.
      switch history.pending % 3 {
      case 0: return .pending
      case 1: return .pendingReduced
      default: return pendingFirst > 0 ? .pending : .processing
      }
    }
    return .final(current.outcome)
  }
}

extension QueryPlan.History {
  mutating func note(_ answer: QueryPlan.Answer) {
    if case .final = answer { final += 1 } else if final == 0 { pending += 1 }
  }
}
