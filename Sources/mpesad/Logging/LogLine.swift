import Daraja
import Foundation
import Logging

/// How log lines are written.
enum LogFormat: String, CaseIterable, Sendable {
  /// For people: time, level, label, message, fields.
  case text
  /// For programs: one JSON object a line.
  case json
}

/// One log entry as one line.
struct LogLine {
  let at: Date
  let level: Logger.Level
  let label: String
  let message: String
  /// Names and values, in the order of the names.
  let fields: [(name: String, value: String)]

  /// What only the journal has a use for: the numbers of events, and where the manual is. `MPESA_EVENT` names the event for everybody.
  private static let journalOnly: Set<String> = ["MESSAGE_ID", "DOCUMENTATION"]

  init(_ event: LogEvent, label: String, metadata: Logger.Metadata, at: Date) {
    self.at = at
    self.label = label
    level = event.level
    message = event.message.description
    fields = metadata.merging(event.metadata ?? [:]) { $1 }.filter { !Self.journalOnly.contains($0.key) }
      .sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
  }

  /// For people, with its line feed.
  func text(withTime: Bool, paint: Paint) -> String {
    let fields = fields.map { " " + paint(.dim, "\($0.name)=") + Self.quoted($0.value) }.joined()
    let colour: Paint.Colour? =
      switch level {
      case .trace, .debug: .dim
      case .info, .notice: nil
      case .warning: .yellow
      case .error, .critical: .red
      }
    let word = colour.map { paint($0, level.rawValue) } ?? level.rawValue
    let time = withTime ? paint(.dim, time) + " " : ""
    return "\(time)\(word) \(label): \(Self.oneLine(message))\(fields)\n"
  }

  /// For programs, with its line feed. What the entry's own fields are called cannot collide with what every line has.
  var json: String {
    let object = JSONValue.object([
      .init("time", .string(time)), .init("level", .string(level.rawValue)), .init("label", .string(label)),
      .init("message", .string(message)),
      .init("fields", .object(fields.map { .init($0.name, .string($0.value)) })),
    ])
    return String(decoding: object.bytes, as: UTF8.self) + "\n"
  }

  private var time: String { at.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }

  /// Values with white space or control characters are quoted, so that nobody can forge a field or a line.
  private static func quoted(_ value: String) -> String {
    let plain = value.unicodeScalars.allSatisfy { isPlain($0) && $0 != " " && $0 != "\"" && $0 != "=" }
    return plain && !value.isEmpty ? value : escaped(value)
  }

  /// A message as it is, unless it holds what could forge a line.
  private static func oneLine(_ message: String) -> String {
    message.unicodeScalars.allSatisfy(isPlain) ? message : escaped(message)
  }

  /// In quotes, with everything that is not plain written as its number. Swift's own form leaves line separators as they are.
  private static func escaped(_ text: String) -> String {
    let inside = text.unicodeScalars.map { scalar in
      switch scalar {
      case "\"", "\\": "\\\(scalar)"
      case "\n": "\\n"
      default: isPlain(scalar) ? String(scalar) : "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      }
    }
    return "\"" + inside.joined() + "\""
  }

  /// False for what a terminal or a reader may take for something else than text: controls, line and paragraph separators.
  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: false
    case .spaceSeparator: scalar == " "
    default: true
    }
  }
}
