import Logging
public import Payments

extension Audit {
  /// An operator did something that is not evidence about a payment, or looked at what is hidden otherwise.
  /// - Parameters:
  ///   - actor: who: a login name of this host, or a user of the console.
  ///   - what: a sentence's end, such as "looked at full phone numbers". Holds no secret and no phone number.
  public func operated(_ actor: String, _ what: String, transaction: TransactionID? = nil) {
    var metadata: Logger.Metadata = ["MPESA_OPERATOR": "\(actor)"]
    if let transaction { metadata["MPESA_TRANSACTION_ID"] = "\(transaction)" }
    write(.operated, .notice, "\(actor) \(what).", metadata)
  }
}
