/// A line of a list of facts.
struct ShownFact: Hashable, Sendable {
  var name: String
  var value: String
  /// A moment for programs, where the value is one.
  var iso: String?
  /// Where the value leads, or nil.
  var href: String?

  /// A fact in words; what others wrote is made fit for one line.
  init(_ name: String, _ value: String, href: String? = nil) {
    self.name = name
    self.value = PlainText.line(value)
    self.href = href
  }

  init(_ name: String, _ time: ShownTime) {
    self.name = name
    value = time.text
    iso = time.iso
  }
}

/// An entry of a row of tabs.
struct ShownTab: Hashable, Sendable {
  var title: String
  var href: String
  var isCurrent: Bool
  /// How many there are, where that is worth saying.
  var count: Int?
}
