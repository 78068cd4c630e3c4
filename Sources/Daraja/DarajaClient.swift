/// Daraja over HTTP, for one merchant account.
///
/// A call is sent once. The only repetition is after an answer that refuses the access token: then the token is fetched
/// anew and the call repeated once, which is safe, because the gateway refused it before M-Pesa saw it.
public struct DarajaClient: DarajaAPI {
  /// Daraja's sandbox.
  public static let sandboxBaseURL = "https://sandbox.safaricom.co.ke"
  /// Daraja's production.
  public static let productionBaseURL = "https://api.safaricom.co.ke"

  static let pushPath = "/mpesa/stkpush/v1/processrequest"
  static let queryPath = "/mpesa/stkpushquery/v1/query"

  private let baseURL: String
  private let account: MerchantAccount
  private let transport: any DarajaTransport
  private let tokens: AccessTokens
  private let now: @Sendable () -> Microseconds
  private let deadlines: Deadlines

  /// A client with a token cache of its own: use one client for an app.
  ///
  /// - Parameters:
  ///   - baseURL: Scheme and host, for example ``sandboxBaseURL``; a slash at the end does no harm.
  ///   - credentials: The app's keys.
  ///   - account: Who asks for money.
  ///   - transport: What carries the requests.
  ///   - now: The wall clock, for the timestamps that Daraja wants.
  ///   - uptime: The clock that nobody can set, for the access token's time; the wall clock unless given.
  ///   - deadlines: How long to wait for answers.
  public init(
    baseURL: String, credentials: DarajaCredentials, account: MerchantAccount, transport: any DarajaTransport,
    now: @escaping @Sendable () -> Microseconds, uptime: (@Sendable () -> Uptime)? = nil,
    deadlines: Deadlines = Deadlines()
  ) {
    let baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
    let oauth = OAuthExchange(
      baseURL: baseURL, credentials: credentials, transport: transport, deadline: deadlines.oauth)
    self.init(
      baseURL: baseURL, account: account, transport: transport,
      tokens: AccessTokens(uptime: uptime ?? { Uptime(microseconds: now()) }) { () async throws(DarajaFailure) in
        try await oauth.fetch()
      },
      now: now, deadlines: deadlines)
  }

  private init(
    baseURL: String, account: MerchantAccount, transport: any DarajaTransport, tokens: AccessTokens,
    now: @escaping @Sendable () -> Microseconds, deadlines: Deadlines
  ) {
    self.baseURL = baseURL
    self.account = account
    self.transport = transport
    self.tokens = tokens
    self.now = now
    self.deadlines = deadlines
  }

  /// A client of the same app for another account: both share the access token, since a new one would kill the other's.
  public func with(account: MerchantAccount) -> DarajaClient {
    DarajaClient(
      baseURL: baseURL, account: account, transport: transport, tokens: tokens, now: now, deadlines: deadlines)
  }

  /// Whether Daraja gives an access token for the app's keys, or has given one that is still good.
  /// - Throws: Why there is none.
  public func requireToken() async throws(DarajaFailure) { _ = try await tokens.token() }

  /// Prompts a customer to pay.
  ///
  /// It ends after at most two rounds of token and push, normally within one push deadline. Cancelling the task while
  /// the push is under way gives ``PushOutcome/uncertain(_:)``.
  public func push(_ request: STKPushRequest) async -> PushOutcome {
    let body = DarajaBodies.push(request, account: account, timestamp: timestamp())
    switch await call(Self.pushPath, body: body, deadline: deadlines.push) {
    case .answered(let answer): return PushAnswer.outcome(of: answer)
    case .lost(let failure): return .uncertain(failure)
    case .notSent(let failure):
      switch failure.kind {
      case .invalidRequest, .credentials, .notSubscribed, .invalidToken: return .rejected(failure)
      default: return .busy(failure, retryAfter: PushDelay.after(failure))
      }
    }
  }

  /// Asks what became of a push. An id that is empty or longer than 128 bytes is refused without asking.
  public func query(checkoutRequestID: String) async -> QueryOutcome {
    guard (1...PushAnswer.maximumIDBytes).contains(checkoutRequestID.utf8.count) else {
      return .permanent(
        DarajaFailure(
          kind: .invalidRequest, message: "the id is empty or longer than \(PushAnswer.maximumIDBytes) bytes",
          field: "CheckoutRequestID"))
    }
    let body = DarajaBodies.query(checkoutRequestID, account: account, timestamp: timestamp())
    switch await call(Self.queryPath, body: body, deadline: deadlines.query) {
    case .answered(let answer): return QueryAnswer.outcome(of: answer, checkoutRequestID: checkoutRequestID)
    case .lost(let failure), .notSent(let failure): return QueryAnswer.outcome(of: failure)
    }
  }

  private func timestamp() -> String {
    DarajaTimestamp.format(microsecondsSinceEpoch: now())
  }
}

extension DarajaClient {
  /// How far a call got.
  private enum Call {
    /// Daraja answered.
    case answered(DarajaAnswer)
    /// Daraja may have received it, and there is no answer.
    case lost(DarajaFailure)
    /// Daraja certainly did not receive it.
    case notSent(DarajaFailure)
  }

  private func call(_ path: String, body: [UInt8], deadline: Duration, isRepetition: Bool = false) async -> Call {
    let token: String
    do throws(DarajaFailure) {
      token = try await tokens.token()
    } catch {
      return .notSent(error)
    }
    guard !Task.isCancelled else {
      return .notSent(DarajaFailure(kind: .cancelled, message: "cancelled before the request was sent"))
    }
    let request = HTTPExchangeRequest(
      method: "POST", url: baseURL + path, headers: [("Authorization", "Bearer \(token)")], body: body)
    let response: HTTPExchangeResponse
    do throws(TransportFailure) {
      response = try await transport.send(request, deadline: deadline)
    } catch {
      return error.requestMayHaveBeenSent ? .lost(DarajaFailure(error)) : .notSent(DarajaFailure(error))
    }
    let answer = DarajaAnswer.read(response)
    guard case .failure(var failure) = answer, failure.kind == .invalidToken else { return .answered(answer) }
    await tokens.invalidate(token)
    guard isRepetition else { return await call(path, body: body, deadline: deadline, isRepetition: true) }
    // A token fresh from Daraja was refused too: another program uses this app, or it lacks the product.
    failure.kind = .credentials
    return .answered(.failure(failure))
  }
}
