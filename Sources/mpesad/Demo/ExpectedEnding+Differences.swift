import Payments

extension ExpectedEnding {
  /// Where an ending is not as it must be: one sentence each, with what was expected and what came.
  func differences(from ending: Ending) -> [String] {
    var found: [String] = []
    func compare(_ what: String, _ expected: some Equatable & CustomStringConvertible, _ got: String) {
      if expected.description != got { found.append("\(what): expected \(expected), got \(got)") }
    }
    compare("answer to the prompt", prompt.rawValue, ending.prompt.rawValue)
    compare("status", Self.word(status, reason), Self.word(ending.status, ending.reason))
    compare("flags", Self.words(flags), Self.words(ending.flags))
    compare("receipt", hasReceipt ? "one" : "none", ending.receipt == nil ? "none" : "one")
    if !knownBy.contains(ending.knownBy) {
      compare("known by", knownBy.map(\.rawValue).sorted().joined(separator: " or "), ending.knownBy.rawValue)
    }
    compare("callbacks settled", deliveries, "\(ending.deliveries)")
    compare("times credited", paysOrder ? 1 : 0, "\(ending.credits)")
    compare("order paid, on the disk", paysOrder, "\(ending.paysOrder)")
    compare("order, by the API", paysOrder ? "paid" : "unpaid", ending.orderStatus)
    compare("status, by the API", ending.status.rawValue, ending.told.status)
    compare("receipt, by the API", ending.receipt ?? "none", ending.told.receipt ?? "none")
    return found
  }

  /// True when a shop that looks at its payment sees what must come. Flags are part of it: a receipt may still be filled in.
  func isReached(_ view: PaymentView) -> Bool {
    view.status == status.rawValue && view.reason == reason?.rawValue && view.flags == flags.names
      && (view.receipt != nil) == hasReceipt
  }

  private static func word(_ status: PaymentStatus, _ reason: Reason?) -> String {
    status.rawValue + (reason.map { " (\($0.rawValue))" } ?? "")
  }

  private static func words(_ flags: PaymentFlags) -> String {
    flags.isEmpty ? "none" : flags.names.joined(separator: " ")
  }
}
