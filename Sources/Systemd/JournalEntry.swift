import CSystemd
public import Logging

#if canImport(Glibc)
  import Glibc
#endif

/// One entry of the journal: fields with a name and a value of any bytes (systemd.journal-fields(7)).
public struct JournalEntry: Sendable, Hashable {
  /// The longest value in bytes. The journal takes far more; what a log says beyond this helps nobody and would crowd out the rest.
  public static let maximumValueBytes = 256 * 1024
  /// The most fields. The journal refuses entries of more than 1024.
  public static let maximumFields = 200

  /// A name and a value.
  public struct Field: Sendable, Hashable {
    /// A name as ``JournalFieldName`` allows.
    public var name: String
    /// The value; line feeds and zeros are bytes like any other.
    public var value: String

    /// A field, its name made valid and its value cut off at ``maximumValueBytes`` if need be.
    public init(_ name: String, _ value: String) {
      self.name = JournalFieldName.valid(name)
      self.value = JournalEntry.bounded(value)
    }
  }

  /// Its fields, in the order in which they are sent.
  public private(set) var fields: [Field]

  /// An entry of these fields, the first ``maximumFields`` of them.
  public init(_ fields: [Field]) { self.fields = Array(fields.prefix(Self.maximumFields)) }

  /// A log event as an entry: MESSAGE, PRIORITY, SYSLOG_IDENTIFIER, LOGGER, the place in the code, and each value of the metadata as a field.
  /// - Parameters:
  ///   - label: the logger's.
  ///   - identifier: what the program is called in the journal.
  ///   - metadata: all that belongs to the event. A dictionary gives one field for each of its values, named after both; an array gives one
  ///     field several values. What is named like one of the entry's own fields stands behind `FIELD_`, so that no value can pass for them.
  public init(_ event: LogEvent, label: String, identifier: String, metadata: Logger.Metadata) {
    var fields = [
      Field("MESSAGE", event.message.description), Field("PRIORITY", "\(event.level.journalPriority)"),
      Field("SYSLOG_IDENTIFIER", identifier), Field("LOGGER", label), Field("CODE_FILE", event.file),
      Field("CODE_LINE", "\(event.line)"), Field("CODE_FUNC", event.function),
    ]
    if let error = event.error { fields.append(Field("ERROR", "\(error)")) }
    let own = Set(fields.map(\.name))
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      let name = JournalFieldName.valid(key)
      Self.append(value, named: own.contains(name) ? "FIELD_" + name : name, to: &fields)
    }
    self.init(fields)
  }

  /// Hands it to the journal. Waits while the journal is busy; does nothing where there is no journal.
  /// - Returns: 0, or a negative errno(3).
  public func send() -> CInt {
    var bytes: [UInt8] = []
    var ends: [Int] = []
    for field in fields {
      bytes += field.name.utf8
      bytes.append(UInt8(ascii: "="))
      bytes += field.value.utf8
      ends.append(bytes.count)
    }
    return bytes.withUnsafeMutableBytes { buffer in
      var start = 0
      let parts = ends.map { end in
        defer { start = end }
        return iovec(iov_base: buffer.baseAddress.map { $0 + start }, iov_len: end - start)
      }
      return sd_journal_sendv(parts, CInt(parts.count))
    }
  }

  private static func append(_ value: Logger.MetadataValue, named name: String, to fields: inout [Field]) {
    switch value {
    case .string(let text): fields.append(Field(name, text))
    case .stringConvertible(let value): fields.append(Field(name, value.description))
    case .array(let values): for value in values { append(value, named: name, to: &fields) }
    case .dictionary(let values):
      for (key, value) in values.sorted(by: { $0.key < $1.key }) { append(value, named: name + "_" + key, to: &fields) }
    }
  }

  private static func bounded(_ value: String) -> String {
    guard value.utf8.count > maximumValueBytes else { return value }
    let note = "… (\(value.utf8.count) bytes in all)"
    return value.beginning(bytes: maximumValueBytes - note.utf8.count) + note
  }
}

extension Logger.Level {
  /// As syslog(3) numbers it, from 7 for debugging down to 2 for what is critical.
  public var journalPriority: Int {
    switch self {
    case .trace, .debug: 7
    case .info: 6
    case .notice: 5
    case .warning: 4
    case .error: 3
    case .critical: 2
    }
  }
}
