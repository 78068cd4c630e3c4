/// JSON to be written exactly so: with the order of keys, the form of numbers and even the mistakes of the real
/// messages.
indirect enum JSONText: Sendable {
  case object([(String, JSONText)])
  case array([JSONText])
  case string(String)
  /// Between quotes as it stands, with nothing escaped.
  case unescaped(String)
  case integer(Int64)
  /// A number as its text.
  case number(String)

  var rendered: String {
    var text = ""
    write(to: &text)
    return text
  }

  private func write(to text: inout String) {
    switch self {
    case .object(let members):
      text += "{"
      for (place, member) in members.enumerated() {
        if place > 0 { text += "," }
        JSONText.string(member.0).write(to: &text)
        text += ":"
        member.1.write(to: &text)
      }
      text += "}"
    case .array(let elements):
      text += "["
      for (place, element) in elements.enumerated() {
        if place > 0 { text += "," }
        element.write(to: &text)
      }
      text += "]"
    case .string(let value):
      text += "\""
      for scalar in value.unicodeScalars { text += Self.escaped(scalar) }
      text += "\""
    case .unescaped(let value): text += "\"\(value)\""
    case .integer(let value): text += String(value)
    case .number(let value): text += value
    }
  }

  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case let control where control.value < 0x20:
      let hex = String(control.value, radix: 16)
      return "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
    default: return String(scalar)
    }
  }
}
