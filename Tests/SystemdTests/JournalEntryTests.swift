import Logging
import Testing

@testable import Systemd

@Suite struct JournalEntryTests {
  private func entry(_ event: LogEvent = .example(), _ metadata: Logger.Metadata = [:]) -> [String: [String]] {
    let entry = JournalEntry(event, label: "payments.mpesa", identifier: "mpesad", metadata: metadata)
    return Dictionary(grouping: entry.fields, by: \.name).mapValues { $0.map(\.value) }
  }

  @Test func whereItComesFromAndHowMuchItMattersAreFields() {
    #expect(
      entry(.example(level: .warning, message: "Safaricom is not asked for a while."))
        == [
          "MESSAGE": ["Safaricom is not asked for a while."], "PRIORITY": ["4"], "SYSLOG_IDENTIFIER": ["mpesad"],
          "LOGGER": ["payments.mpesa"], "CODE_FILE": ["Reconciliation/Audit.swift"], "CODE_LINE": ["17"],
          "CODE_FUNC": ["record(_:)"],
        ])
  }

  @Test(arguments: [
    (Logger.Level.trace, "7"), (.debug, "7"), (.info, "6"), (.notice, "5"), (.warning, "4"), (.error, "3"),
    (.critical, "2"),
  ])
  func levelsAreThoseOfSyslog(level: Logger.Level, priority: String) {
    #expect(entry(.example(level: level))["PRIORITY"] == [priority])
  }

  @Test func metadataIsSearchable() {
    let fields = entry(
      .example(),
      [
        "MPESA_RECEIPT": "NLJ7RT61SV", "MESSAGE_ID": "0f7c5b1e8e3a4d21a1b2c3d4e5f60718", "error": "disk full",
        "count": .stringConvertible(3), "names": ["a", "b"], "peer": ["port": "443", "name": "x"],
      ])
    #expect(fields["MPESA_RECEIPT"] == ["NLJ7RT61SV"])
    #expect(fields["MESSAGE_ID"] == ["0f7c5b1e8e3a4d21a1b2c3d4e5f60718"])
    #expect(fields["ERROR"] == ["disk full"])
    #expect(fields["COUNT"] == ["3"])
    #expect(fields["NAMES"] == ["a", "b"])
    #expect(fields["PEER_PORT"] == ["443"])
    #expect(fields["PEER_NAME"] == ["x"])
  }

  @Test func anErrorOfTheEventIsAField() {
    struct Broken: Error {}
    let fields = entry(.example(error: Broken()), ["error": "another"])
    #expect(fields["ERROR"] == ["Broken()"])
    #expect(fields["FIELD_ERROR"] == ["another"])
  }

  @Test func noValueCanPassForTheEntrysOwnFields() {
    let fields = entry(.example(message: "true"), ["MESSAGE": "forged", "priority": "0"])
    #expect(fields["MESSAGE"] == ["true"])
    #expect(fields["PRIORITY"] == ["5"])
    #expect(fields["FIELD_MESSAGE"] == ["forged"])
    #expect(fields["FIELD_PRIORITY"] == ["0"])
  }

  @Test func lineFeedsAndZerosStayAsTheyAre() {
    #expect(entry(.example(), ["BODY": "a\nMESSAGE=b\0c"])["BODY"] == ["a\nMESSAGE=b\0c"])
  }

  @Test func valuesAndTheirNumberAreBounded() {
    let limit = JournalEntry.maximumValueBytes
    #expect(JournalEntry.Field("BODY", String(repeating: "x", count: limit)).value.utf8.count == limit)
    let long = JournalEntry.Field("BODY", String(repeating: "é", count: limit)).value
    #expect(long.utf8.count > limit - 4 && long.utf8.count <= limit)
    #expect(long.trimmingPrefix { $0 == "é" } == "… (\(2 * limit) bytes in all)")
    let many = Dictionary(uniqueKeysWithValues: (0..<2_000).map { ("F\($0)", Logger.MetadataValue.string("x")) })
    let entry = JournalEntry(.example(), label: "l", identifier: "i", metadata: many)
    #expect(entry.fields.count == JournalEntry.maximumFields)
    #expect(entry.fields.first?.name == "MESSAGE")
  }

  @Test(arguments: [
    ("MPESA_RECEIPT", "MPESA_RECEIPT"), ("A1_", "A1_"), ("error", "ERROR"), ("request.id", "REQUEST_ID"),
    ("9lives", "FIELD_9LIVES"), ("_PID", "FIELD__PID"), ("é", "FIELD___"), ("", "FIELD_"),
    (String(repeating: "N", count: 64), String(repeating: "N", count: 64)),
    (String(repeating: "N", count: 65), String(repeating: "N", count: 64)),
    (String(repeating: "n", count: 65), String(repeating: "N", count: 64)),
  ])
  func namesAreMadeSuchThatTheJournalTakesThem(name: String, valid: String) {
    #expect(JournalFieldName.valid(name) == valid)
    #expect(JournalFieldName.isValid(name) == (name == valid))
    #expect(JournalFieldName.isValid(valid))
  }
}

@Suite struct JournalLogTests {
  @Test func whatIsNearerToTheEventWins() {
    var log = JournalLog(label: "l", identifier: "i", logLevel: .info)
    log.metadata = ["a": "handler", "b": "handler", "c": "handler"]
    log.metadataProvider = Logger.MetadataProvider { ["b": "provider", "c": "provider"] }
    let fields = log.entry(for: .example(metadata: ["c": "event"])).fields
    func value(_ name: String) -> String? { fields.first { $0.name == name }?.value }
    #expect(value("A") == "handler")
    #expect(value("B") == "provider")
    #expect(value("C") == "event")
  }

  @Test func levelAndMetadataAreValues() {
    let first = Logger(label: "l") { JournalLog(label: $0, identifier: "i", logLevel: .error) }
    var second = first
    second.logLevel = .debug
    second[metadataKey: "k"] = "v"
    #expect(first.logLevel == .error)
    #expect(first[metadataKey: "k"] == nil)
    #expect(second.logLevel == .debug)
    #expect(second[metadataKey: "k"] == "v")
  }
}

@Suite struct MessageIDTests {
  @Test(arguments: ["0f7c5b1e8e3a4d21a1b2c3d4e5f60718", "0F7C5B1E8E3A4D21A1B2C3D4E5F60718"])
  func thirtyTwoDigitsAreOne(digits: String) {
    #expect(MessageID(digits)?.description == "0f7c5b1e8e3a4d21a1b2c3d4e5f60718")
  }

  @Test(arguments: [
    "", "0f7c5b1e8e3a4d21a1b2c3d4e5f6071", "0f7c5b1e8e3a4d21a1b2c3d4e5f607181", "0f7c5b1e8e3a4d21a1b2c3d4e5f6071g",
    "0f7c5b1e-8e3a-4d21-a1b2-c3d4e5f60718", "00000000000000000000000000000000",
  ])
  func nothingElseIs(text: String) { #expect(MessageID(text) == nil) }
}

extension LogEvent {
  /// An event of the audit log, unless something else is said.
  static func example(
    level: Logger.Level = .notice, message: String = "A payment was completed.", error: (any Error)? = nil,
    metadata: Logger.Metadata? = nil
  ) -> LogEvent {
    LogEvent(
      level: level, message: "\(message)", error: error, metadata: metadata, source: nil,
      file: "Reconciliation/Audit.swift", function: "record(_:)", line: 17)
  }
}
