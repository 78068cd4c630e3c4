/// The second step of what an operator decides: what it means, in words, before it is done.
struct DecisionView: Sendable {
  /// What the form brings along.
  struct Field: Sendable {
    var name: String
    var value: String
  }

  var heading: String
  var consequence: String
  /// More to know, a line each.
  var details: [String] = []
  /// Where the form goes.
  var action: String
  var fields: [Field]
  /// What the button says.
  var button: String
  /// Whether a reason is asked for here, and the longest one, in characters.
  var asksReason = false
  var maximumReason = OperatorReason.maximumLength
  /// Why it was not done, where this is the second try.
  var problem: String?
  /// Where whoever does not want it goes.
  var back: String
}
