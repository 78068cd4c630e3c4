/// What is done about callbacks from addresses that are not on the list.
public enum CallbackPolicy: String, CaseIterable, Sendable {
  /// Nothing; the list is not looked at.
  case off
  /// They are taken, and the log says so.
  case log
  /// They are refused, and nothing of them is stored.
  case enforce
}

/// Who may deliver callbacks. Pure: tells what is to be done, and does nothing.
public struct CallbackRules: Hashable, Sendable {
  /// What is done about addresses that are not on the list.
  public var policy: CallbackPolicy
  /// The addresses that callbacks come from.
  public var sources: AddressList

  /// - Parameter sources: see ``SafaricomAddresses``.
  public init(policy: CallbackPolicy, sources: AddressList) {
    self.policy = policy
    self.sources = sources
  }

  /// What the address that was posted to proves.
  enum Proof: Hashable, Sendable {
    /// It is a transaction's own.
    case token
    /// It claims to be, and is not.
    case wrongToken
    /// Nothing is claimed.
    case none
  }

  /// What becomes of a delivery.
  enum Verdict: Hashable, Sendable {
    case take
    /// Take it, if its address has not sent too much that proves nothing.
    case takeWithinLimit
    case refuse
  }

  /// Decides about one delivery.
  ///
  /// What has a valid token or comes from a listed address is never limited, since Safaricom delivers once. A valid token
  /// does not help against `enforce`: the operator asked for the list, and the payment is learnt by asking Safaricom.
  func verdict(from client: ClientAddress, _ proof: Proof) -> (verdict: Verdict, isUnlisted: Bool) {
    if sources.contains(client) { return (.take, false) }
    if policy == .enforce { return (.refuse, true) }
    return (proof == .token ? .take : .takeWithinLimit, policy == .log)
  }
}
