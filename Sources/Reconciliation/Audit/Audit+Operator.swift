public import Payments

extension Audit {
  /// Does something, and returns when whatever people did in it is in the trail of operators, on the disk. So nobody is answered about
  /// something that a crash could take out of the trail again.
  /// - Throws: what the work throws; ``OperatorTrail/Unwritten`` when the trail could not be written.
  public func durably<Value: Sendable>(_ work: () async throws -> Value) async throws -> Value {
    guard let trail else { return try await work() }
    let before = trail.noted
    let result: Result<Value, any Error>
    do { result = .success(try await work()) } catch { result = .failure(error) }
    try await trail.written(since: before)
    return try result.get()
  }

  /// An operator did something that is not evidence about a payment, or looked at what is hidden otherwise.
  /// - Parameters:
  ///   - actor: who: a login name of this host, or a user of the console.
  ///   - what: a sentence's end, such as "looked at full phone numbers". Holds no secret and no phone number.
  ///   - why: the reason that was given, where one was.
  public func operated(_ actor: String, _ what: String, transaction: TransactionID? = nil, why: String? = nil) {
    trail?.note(actor, what, transaction: transaction, why: why)
    var fields: AuditFields = [.actor: actor]
    fields[.transactionID] = transaction.map { "\($0)" }
    logger.audit(.operated, "\(actor) \(what).\(why.map { " Reason: \($0)" } ?? "")", fields)
  }

  /// Somebody signed in to the console.
  /// - Parameters:
  ///   - user: a user of the console.
  ///   - source: the client's address.
  public func loggedIn(_ user: String, from source: String) {
    trail?.note(user, "signed in from \(source)")
    logger.audit(.login, "\(user) signed in.", [.actor: user, .source: source])
  }

  /// Somebody signed out of the console.
  /// - Parameter source: the client's address.
  public func loggedOut(_ user: String, from source: String) {
    trail?.note(user, "signed out")
    logger.audit(.logout, "\(user) signed out.", [.actor: user, .source: source])
  }

  /// Somebody was not let in to the console.
  /// - Parameters:
  ///   - why: a sentence's end, such as "no such link". What was typed is not written down: people type passwords into the wrong field.
  ///   - user: whom the proof was made for, where that is known.
  ///   - source: the client's address.
  public func loginRefused(_ why: String, of user: String? = nil, from source: String) {
    var fields: AuditFields = [.source: source]
    fields[.actor] = user
    logger.audit(.loginRefused, "A sign-in was refused: \(why).", fields)
  }
}
