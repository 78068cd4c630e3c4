import Daraja
import Payments
import Reconciliation
import Synchronization

/// Answers every prompt as it was told to, and remembers what it was asked.
final class FakePrompting: Prompting {
  struct Asked: Equatable {
    var order: OrderID
    var phone: MSISDN
    var user: String
  }

  private let state = Mutex<(answer: Result<PromptResult, any Error>, asked: [Asked])>((.success(.noSuchOrder), []))

  var asked: [Asked] { state.withLock { $0.asked } }

  func answer(_ result: Result<PromptResult, any Error>) { state.withLock { $0.answer = result } }

  func prompt(order: OrderID, phone: MSISDN, by user: String) async throws -> PromptResult {
    try state.withLock { state in
      state.asked.append(Asked(order: order, phone: phone, user: user))
      return state.answer
    }.get()
  }
}

/// Does what it was told when Safaricom would be asked.
final class FakeAsking: Asking {
  private let action = Mutex<@Sendable (TransactionID) async -> Void>({ _ in })

  private let outcome = Mutex(AskOutcome.asked)

  /// What comes of wanting to ask now.
  func answer(_ outcome: AskOutcome) { self.outcome.withLock { $0 = outcome } }

  func onAsk(_ action: @escaping @Sendable (TransactionID) async -> Void) { self.action.withLock { $0 = action } }

  func watch(_ id: TransactionID, for caller: String) async {}

  func askIfDue(_ id: TransactionID, for caller: String) async {
    let action = action.withLock { $0 }
    await action(id)
  }

  func ask(_ id: TransactionID, for caller: String) async -> AskOutcome {
    await askIfDue(id, for: caller)
    return outcome.withLock { $0 }
  }
}
