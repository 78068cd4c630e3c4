/// Reads members of objects that may contain a name twice.
enum JSONFields {
  /// The first member of this name. If there is another one with a different value, the name is noted in `conflicts`.
  static func value(_ name: String, in object: JSONValue, conflicts: inout [String]) -> JSONValue? {
    guard case .object(let members) = object else { return nil }
    var found: JSONValue?
    for member in members where member.name == name {
      guard let first = found else {
        found = member.value
        continue
      }
      if !isSame(first, member.value) { note(name, in: &conflicts) }
    }
    return found
  }

  /// The text of the first member of this name; `nil` also if it is `null` or anything but a string or a number.
  static func text(_ name: String, in object: JSONValue, conflicts: inout [String]) -> String? {
    value(name, in: object, conflicts: &conflicts)?.text
  }

  /// Adds a name once.
  static func note(_ name: String, in conflicts: inout [String]) {
    if !conflicts.contains(name) { conflicts.append(name) }
  }

  /// Whether two values say the same; a number and a string of the same digits do.
  static func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
    if let left = left.text, let right = right.text { return left == right }
    return left == right
  }
}
