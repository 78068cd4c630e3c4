public import Payments

extension Audit {
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

  /// Somebody was not let in to the console.
  /// - Parameters:
  ///   - user: the user of the console whose name was given; nil where there is none of that name. What was typed is not
  ///     written down: people type passwords into the wrong field.
  ///   - source: the client's address.
  public func loginRefused(_ user: String?, from source: String) {
    var fields: AuditFields = [.source: source]
    fields[.actor] = user
    logger.audit(
      .loginRefused, "A sign-in was refused: \(user.map { "wrong proof for \($0)" } ?? "no such user").", fields)
  }
}
