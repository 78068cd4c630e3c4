import Daraja

/// A Daraja that answers as the test says, and remembers what it was asked.
actor ScriptedDaraja: DarajaAPI {
  typealias Push = @Sendable (STKPushRequest) async -> PushOutcome
  typealias Query = @Sendable (String) async -> QueryOutcome

  private var onPush: Push
  private var onQuery: Query
  private(set) var pushes: [STKPushRequest] = []
  private(set) var queries: [String] = []
  private var out: [String: Int] = [:]
  /// The most questions about one push that were ever out together.
  private(set) var mostAtOnce = 0

  init(
    push: @escaping Push = { _ in
      .accepted(merchantRequestID: "29115-34620561-1", checkoutRequestID: "ws_CO_1", customerMessage: nil)
    },
    query: @escaping Query = { _ in .pending(description: nil) }
  ) {
    onPush = push
    onQuery = query
  }

  func answerQueries(_ query: @escaping Query) { onQuery = query }

  func push(_ request: STKPushRequest) async -> PushOutcome {
    pushes.append(request)
    return await onPush(request)
  }

  func query(checkoutRequestID: String) async -> QueryOutcome {
    queries.append(checkoutRequestID)
    out[checkoutRequestID, default: 0] += 1
    mostAtOnce = max(mostAtOnce, out[checkoutRequestID] ?? 0)
    let answer = await onQuery(checkoutRequestID)
    out[checkoutRequestID, default: 0] -= 1
    return answer
  }
}

extension DarajaFailure {
  static let noInformation = DarajaFailure(
    kind: .noInformation, httpStatus: 500, code: "500.001.1001", message: "The transaction is being processed")
  static let spikeArrest = DarajaFailure(kind: .rateLimited, httpStatus: 429, message: "Spike arrest violation")
  static let blockPage = DarajaFailure(kind: .blockPage, httpStatus: 403, message: "An HTML page")
  static let timeout = DarajaFailure(kind: .timeout, message: "No answer in time")
  static let serverError = DarajaFailure(kind: .serverError, httpStatus: 503, message: "Service unavailable")
  static let credentials = DarajaFailure(kind: .credentials, httpStatus: 400, message: "Wrong credentials")
}
