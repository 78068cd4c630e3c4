import Foundation

/// One entry of a journal, as `journalctl -o json` gives it.
struct JournalRecord: Sendable, CustomStringConvertible {
  let fields: [String: String]

  subscript(_ name: String) -> String? { fields[name] }
  var message: String { fields["MESSAGE"] ?? "" }
  var event: String? { fields["MPESA_EVENT"] }
  var description: String { message }

  /// Reads the lines of `journalctl -o json`.
  static func entries(of text: String) throws -> [JournalRecord] {
    try text.split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      guard let object else { throw SystemdMachine.Trouble(description: "not an object: \(line)") }
      return JournalRecord(fields: object.compactMapValues(Self.text))
    }
  }

  /// Values that are not printable are given as an array of bytes, those of a repeated field as an array of values.
  private static func text(_ value: Any) -> String? {
    switch value {
    case let text as String: text
    case let bytes as [Int]: String(decoding: bytes.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
    case let values as [Any]: values.first.flatMap(Self.text)
    default: nil
    }
  }
}
